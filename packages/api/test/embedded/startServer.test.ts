import { once } from "node:events";
import { connect } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { ConfigError, createUser, readConfig } from "@onsale/core";
import { expect } from "chai";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { callApi, numberIn, textIn } from "../support/callApi.ts";
import { eventually } from "../support/eventually.ts";
import { recordingLog } from "../support/recordingLog.ts";

describe("startServer on the embedded stack", () => {
  const running: RunningServer[] = [];

  async function start(env: Record<string, string> = {}): Promise<{
    server: RunningServer;
    log: ReturnType<typeof recordingLog>;
  }> {
    const log = recordingLog();
    const config = readConfig({ STACK: "embedded", PORT: "0", ...env });
    const server = await startServer(config, { log });
    running.push(server);
    return { server, log };
  }

  afterEach("stops the servers of the test", async () => {
    for (const server of running.splice(0)) await server.close();
  });

  it("warns once that data is not durable, and names ignored and generated settings", async () => {
    const { log } = await start({ REDIS_URL: "redis://of.another.program" });
    const warnings = log.lines.filter(({ level }) => level === "warn");
    expect(warnings).to.have.length(1);
    expect(warnings[0]?.message)
      .to.include("STACK=embedded")
      .and.include("lost when this process ends");
    expect(warnings[0]?.fields).to.deep.equal({
      event: "api.not_durable",
      stack: "embedded",
      durable: false,
      ignored: ["REDIS_URL"],
      generated: ["QUEUE_TOKEN_KEYS", "AUTH_JWT_SECRET"],
    });
  });

  it("refuses every role except all, and leaves no connection open", async () => {
    const config = readConfig({ STACK: "embedded", PORT: "0" });
    for (const role of ["api", "worker"] as const) {
      const refused = await startServer(config, { role }).then(
        (server) => running.push(server),
        (error: unknown) => error,
      );
      expect(refused).to.be.instanceOf(ConfigError);
      expect(String(refused)).to.include("ROLE");
    }
  });

  it("returns a core that sees only its own server's data", async () => {
    const { server: one } = await start();
    const { server: other } = await start();
    const created = await callApi(one.url, "POST", "/api/v1/users", { json: { name: "Ada" } });
    const userId = numberIn(created.data, "userId");
    const token = textIn(created.data, "accessToken");
    const path = "/api/v1/points/charge";
    await callApi(one.url, "PUT", path, { token, json: { amount: 70 } });
    const balances = await Promise.all(
      [one, other].map(({ core }) => core.ledger.balanceOf(null, userId)),
    );
    expect(balances).to.deep.equal([70, 0]);
    const foreign = await callApi(other.url, "PUT", path, { token, json: { amount: 70 } });
    expect([foreign.status, foreign.code]).to.deep.equal([401, "ACCESS_TOKEN_INVALID"]);
  });

  it("reports its load for doctor, until it is closed", async () => {
    const { server } = await start({ IN_FLIGHT_MAX: "77" });
    const { core } = server;
    const report = await eventually("a report", async () => (await core.apiLoads.list())[0]);
    expect(report).to.include({ processName: "embedded", inFlight: 0, inFlightMax: 77 });
    expect(report.loopDelayMs).to.be.at.least(0);
    await server.close();
    expect(await core.apiLoads.list()).to.deep.equal([]);
  });

  it("reports how it answered the requests of clients, and no probes", async () => {
    const { server } = await start();
    await callApi(server.url, "GET", "/health/ready");
    await callApi(server.url, "GET", "/api/v1/concerts");
    await callApi(server.url, "POST", "/api/v1/concerts/reserve-seat", { json: {} });
    const answeredBy = new Map<number, number>();
    const report = await eventually("a report of both requests", async () => {
      const [latest] = await server.core.apiLoads.list();
      if (latest) answeredBy.set(latest.uptimeMs, latest.answered);
      const answered = [...answeredBy.values()].reduce((sum, count) => sum + count, 0);
      expect(answered).to.be.at.most(2);
      return answered === 2 ? latest : undefined;
    });
    expect(report.holds).to.deep.include({ accepted: {}, refused: 1 });
  });

  it("promotes buyers and publishes messages without a separate worker", async () => {
    const { server } = await start({ AUTH_MODE: "trusted", QUEUE_PROMOTE_MS: "20" });
    const { userId } = await createUser(server.core, { name: "Ada" });
    const path = `/queue/tokens/status/${userId}`;
    await callApi(server.url, "POST", "/queue/tokens", { json: { userId } });
    await callApi(server.url, "PUT", "/points/charge", { json: { userId, amount: 5 } });
    const headers = { "x-user-id": String(userId) };
    await eventually("the admission", async () => {
      const { data } = await callApi(server.url, "GET", path, { headers });
      return data.status === "ACTIVE" ? true : undefined;
    });
    await eventually("the publication", async () => {
      const { pending, published } = await server.core.outbox.counts(null);
      return pending === 0 && published > 0 ? true : undefined;
    });
  });

  it("closes once, and answers no request afterwards", async () => {
    const { server } = await start();
    await Promise.all([server.close(), server.close()]);
    const refused = await fetch(`${server.url}/health`).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(TypeError);
  });

  it("lets its core read the data after the server was closed", async () => {
    const { server } = await start();
    const { userId } = await createUser(server.core, { name: "Ada" });
    await server.close();
    expect(await server.core.ledger.balanceOf(null, userId)).to.equal(0);
    expect((await createUser(server.core, { name: "Grace" })).userId).to.be.above(userId);
  });

  it("answers requests that arrived before it closed, on old and new connections", async () => {
    const { server } = await start();
    const ask = "GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n";
    const kept = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const socket = connect(server.port, "127.0.0.1");
        socket.write(ask);
        await once(socket, "data");
        return socket;
      }),
    );
    const fresh = connect(server.port, "127.0.0.1");
    await once(fresh, "connect");
    const answers = Promise.all([...kept, fresh].map((socket) => textOf(socket)));
    // The test and the server share one thread. The kernel gets all requests before `close` begins,
    // so the server finds them when it reads from its connections the next time.
    for (const socket of [...kept, fresh]) socket.write(ask);
    const [texts] = await Promise.all([answers, server.close()]);
    for (const answer of texts) {
      expect(answer)
        .to.match(/^HTTP\/1\.1 200 /)
        .and.match(/^connection: close\r$/im);
    }
  });

  it("fails when the port is in use, and closes everything that it opened", async () => {
    const { server } = await start();
    const config = readConfig({ STACK: "embedded", PORT: String(server.port) });
    const log = recordingLog();
    const failed = await startServer(config, { log }).catch((error: unknown) => error);
    expect(failed).to.have.property("code", "EADDRINUSE");
    expect(log.lines).to.deep.equal([]);
  });
});
