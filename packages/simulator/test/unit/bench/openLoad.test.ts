import { expect } from "chai";
import { type LoadPlan, requestText } from "../../../src/bench/load/loadPlan.ts";
import { openLoad } from "../../../src/bench/load/openLoad.ts";
import { type ScriptedServer, scriptedServer } from "../../support/scriptedServer.ts";

const OK = { status: 200, body: "{}" };
const textOf = (path: string) => requestText({ method: "GET", path });

describe("requestText", () => {
  it("writes method, path, token and a JSON body with its length in bytes", () => {
    const body = { name: "é" };
    expect(requestText({ method: "POST", path: "/a", body, token: "t" })).to.equal(
      "POST /a HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer t\r\n" +
        'Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{"name":"é"}',
    );
  });
});

describe("a closed load", () => {
  let server: ScriptedServer;
  afterEach(() => server.close());

  const closed = (rest: { requests: readonly string[]; total: number; inFlight: number }) =>
    run({ kind: "closed", targets: [{ port: server.port }], ...rest });

  it("sends each request once, and never more than allowed at a time", async () => {
    const held: (() => void)[] = [];
    // Answers when 4 requests are open, and at the end.
    server = await scriptedServer((_line, index) => {
      const { promise, resolve } = Promise.withResolvers<typeof OK>();
      held.push(() => resolve(OK));
      if (held.length === 4 || index === 49) for (const answer of held.splice(0)) answer();
      return promise;
    });
    const paths = Array.from({ length: 50 }, (_, index) => `/${index}`);
    const result = await closed({ requests: paths.map(textOf), total: 50, inFlight: 4 });
    expect(server.seen.toSorted()).to.deep.equal(
      paths.map((path) => `GET ${path} HTTP/1.1`).toSorted(),
    );
    expect(server.openMax()).to.equal(4);
    expect(result).to.include({ accepted: 50, refused: 0, failed: 0 });
    expect(result.latencyMs?.p50).to.be.greaterThan(0);
  });

  it("sends the requests again in order when there are fewer than operations", async () => {
    server = await scriptedServer(() => OK);
    await closed({ requests: ["/a", "/b"].map(textOf), total: 3, inFlight: 1 });
    expect(server.seen.map((line) => line.slice(4, 6))).to.deep.equal(["/a", "/b", "/a"]);
  });

  it("counts accepted, refused and failed answers apart, with their codes", async () => {
    const problem = (status: number, code: string) => ({ status, body: `{"code":"${code}"}` });
    const answers = [OK, problem(409, "TAKEN"), problem(503, "OVERLOADED"), problem(409, "TAKEN")];
    server = await scriptedServer((_line, index) => answers[index] ?? { status: 404, body: "" });
    const result = await closed({ requests: [textOf("/")], total: 5, inFlight: 1 });
    expect(result).to.include({ accepted: 1, refused: 3, failed: 1 });
    expect(result.refusedBy).to.deep.equal({ "409 TAKEN": 2, "404": 1 });
    expect(result.failedBy).to.deep.equal({ "503 OVERLOADED": 1 });
  });

  it("counts a lost connection as a failure, and opens it again", async () => {
    server = await scriptedServer((_line, index) => (index === 1 ? "hang up" : OK));
    const result = await closed({ requests: [textOf("/")], total: 4, inFlight: 1 });
    expect(result).to.include({ accepted: 3, failed: 1 });
  });
});

describe("a paced load", () => {
  let server: ScriptedServer;
  afterEach(() => server.close());

  it("counts the latency from the intended start, and starts no request early", async () => {
    server = await scriptedServer(() => OK);
    const load = await openLoad({
      ...{ kind: "paced", targets: [{ port: server.port }], requests: [textOf("/")] },
      ...{ total: 11, perSecond: 200 },
    });
    const running = load.run();
    // Blocks this process, so that the load sends its requests late.
    for (const until = performance.now() + 30; performance.now() < until; );
    const result = await running;
    expect(result.accepted).to.equal(11);
    expect(result.elapsedMs).to.be.at.least(50);
    expect(result.latencyMs?.max).to.be.at.least(20);
  });
});

describe("a load of polls", () => {
  let server: ScriptedServer;
  afterEach(() => server.close());

  it("lets each client poll again only after the pause of its last answer", async () => {
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    server = await scriptedServer((line) => {
      if (server.seen.filter((one) => one === "GET /often HTTP/1.1").length === 3) resolve();
      return { status: 200, body: `{"pollAfterMs":${line.includes("often") ? 20 : 60_000}}` };
    });
    const load = await openLoad({
      kind: "polls",
      targets: [{ port: server.port }],
      clients: [
        { request: textOf("/rarely"), pollAfterMs: 10 },
        { request: textOf("/often"), pollAfterMs: 10 },
      ],
    });
    const running = load.run();
    await enough;
    load.stop();
    const result = await running;
    expect(server.seen.filter((line) => line.includes("rarely"))).to.have.length(1);
    expect(result.accepted).to.be.at.least(3);
    expect(result.elapsedMs).to.be.at.least(40);
  });
});

async function run(plan: LoadPlan) {
  const load = await openLoad(plan);
  return load.run();
}
