import { startApis } from "../benchApis.ts";
import type { BenchGround } from "../benchGround.ts";
import type { BenchFigures } from "../benchReport.ts";
import type { Contender } from "../contender.ts";
import { benchOverHttp, type HttpScenario } from "../httpBench.ts";
import { Connection } from "../load/connection.ts";
import { type LoadGenerator, openLoadGenerator } from "../load/loadGenerator.ts";
import { requestText } from "../load/loadPlan.ts";
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
  const { inFlight } = settings;
  const body = await sampleBody(ground, requestsOf);
  const bare = await startBareServer({ ...ground, ...ground.apis, body, signal });
  const generator = openLoadGenerator();
  try {
    return await benchOverHttp(ground, {
      ...{ apiProcesses: settings.apiProcesses, requestsOf },
      parts: [
        {
          ...{ title: `${inFlight} in flight`, inFlight, settings },
          yardstick: bareServerContender(bare, route, generator, inFlight),
        },
      ],
    });
  } finally {
    await generator.close();
    await bare.stop();
  }
}

/** Asks the product for one answer. */
async function sampleBody(
  { apis: settings, signal }: BenchGround,
  requestsOf: HttpScenario["requestsOf"],
): Promise<string> {
  const apis = await startApis(settings, { count: 1, profiled: false, signal });
  try {
    const [target] = apis.targets;
    const [request] = await requestsOf(1);
    if (target === undefined || request === undefined) throw new Error("nothing to ask for");
    const connection = new Connection(target);
    const end = await new Promise<Parameters<Parameters<Connection["send"]>[1]>[0]>((resolve) =>
      connection.send(request, resolve),
    );
    connection.close();
    if ("lost" in end || end.status !== 200) throw new Error("The API did not answer with 200");
    return Buffer.concat(end.body).toString();
  } finally {
    await apis.stop();
  }
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
