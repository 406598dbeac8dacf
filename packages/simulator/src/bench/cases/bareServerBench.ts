import type { BenchGround } from "../benchGround.ts";
import type { BenchFigures } from "../benchReport.ts";
import type { Contender } from "../contender.ts";
import { benchOverHttp, type HttpScenario } from "../httpBench.ts";
import { Connection, type RequestEnd } from "../load/connection.ts";
import { type LoadGenerator, openLoadGenerator } from "../load/loadGenerator.ts";
import { requestText, type Target } from "../load/loadPlan.ts";
import { type BareServer, startBareServer } from "../yardstick/startBareServer.ts";

export interface BareServerScenario extends Pick<HttpScenario, "requestsOf"> {
  /** The route of the bare server: one read of Redis, or bytes from memory. */
  readonly route: "redis" | "bytes";
}

/**
 * Compares one API process with the bare server, which answers with the body of the product's own
 * answer.
 */
export async function benchAgainstBareServer(
  ground: BenchGround,
  { route, requestsOf }: BareServerScenario,
): Promise<BenchFigures> {
  const { settings, signal } = ground;
  const { apiProcesses, inFlight } = settings;
  const generator = openLoadGenerator();
  let bare: BareServer | undefined;
  try {
    return await benchOverHttp(ground, {
      ...{ apiProcesses, requestsOf },
      async partsOn([target]) {
        const body = await bodyOf(target, await requestsOf(1));
        bare = await startBareServer({ ...ground, folder: ground.apis.folder, body, signal });
        const yardstick = bareServerContender(bare, route, generator, inFlight);
        return [{ title: `${inFlight} in flight`, inFlight, settings, yardstick }];
      },
    });
  } finally {
    await generator.close();
    await bare?.stop();
  }
}

/** Asks the product for one answer. @throws Error when its status is not 200 */
async function bodyOf(target: Target | undefined, [request]: readonly string[]): Promise<string> {
  if (target === undefined || request === undefined) throw new RangeError("nothing to ask for");
  const connection = new Connection(target);
  const end = await new Promise<RequestEnd>((resolve) => connection.send(request, resolve));
  connection.close();
  if ("lost" in end || end.status !== 200) throw new Error("The API did not answer with 200");
  return Buffer.concat(end.body).toString();
}

function bareServerContender(
  bare: BareServer,
  route: BareServerScenario["route"],
  generator: LoadGenerator,
  inFlight: number,
): Contender {
  const path = route === "redis" ? bare.redisPath : bare.bytesPath;
  const requests = [requestText({ method: "GET", path })];
  return {
    name: route === "redis" ? "bare Koa, one Redis GET" : "bare Koa, the same bytes",
    processes: { yardstick: [bare.pid], load: [generator.pid] },
    async prepare(total) {
      const load = await generator.prepare({
        ...{ kind: "closed", targets: [bare.target], requests, total, inFlight },
      });
      return () => load.run();
    },
  };
}
