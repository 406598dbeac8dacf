import type { Socket } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { openCore } from "@onsale/core";
import { expect } from "chai";
import { issueAccessToken } from "../../src/auth/accessToken.ts";
import { callApi } from "../support/callApi.ts";
import { eventually } from "../support/eventually.ts";
import { halfACharge, REST_OF_CHARGE } from "../support/halfACharge.ts";
import { type ServerProcess, startServerProcess } from "../support/serverProcess.ts";
import { newServersFixture, type TestFixture } from "../support/testFixture.ts";

/** Always on real servers, because the processes of the roles share them. */
describe("a process that receives a signal to end", () => {
  let fixture: TestFixture;

  before("creates a database and settings", async () => {
    fixture = await newServersFixture({ LOG_LEVEL: "info", SHUTDOWN_MS: "1500" });
  });

  after("drops them", async () => {
    await fixture.drop();
  });

  const start = (role: string): Promise<ServerProcess> => startServerProcess(role, fixture.env);

  const begin = (server: ServerProcess, userId: number): Promise<Socket> =>
    halfACharge(server.port, issueAccessToken(fixture.config, { userId }).accessToken);

  it("finishes the running request, accepts no new one, and exits with 0", async () => {
    const server = await start("api");
    const socket = await begin(server, 1);
    server.signal("SIGTERM");
    await server.logged('"event":"api.closing"');
    const refused = await callApi(server.url, "GET", "/health/live").catch((error) => error);
    expect(refused).to.be.instanceOf(Error);
    socket.write(REST_OF_CHARGE);
    const answer = await textOf(socket);
    expect(answer)
      .to.match(/^HTTP\/1\.1 200 /)
      .and.match(/connection: close/i);
    expect(answer).to.include('{"data":{"currentPoints":5}}');
    await server.logged('"event":"api.closed"');
    expect(await server.exited).to.equal(0);
  });

  it("serves on while its probe answers draining, for DRAIN_DELAY_MS after SIGTERM", async () => {
    const delayMs = 1_500;
    const env = { ...fixture.env, DRAIN_DELAY_MS: String(delayMs) };
    const server = await startServerProcess("api", env);
    expect((await callApi(server.url, "GET", "/health/ready")).status).to.equal(200);
    const startedMs = performance.now();
    server.signal("SIGTERM");
    await server.logged('"event":"api.draining"');
    const ready = await callApi(server.url, "GET", "/health/ready");
    expect([ready.status, Object(ready.data).status]).to.deep.equal([503, "draining"]);
    expect((await callApi(server.url, "GET", "/concerts")).status).to.equal(200);
    expect((await callApi(server.url, "GET", "/health/live")).status).to.equal(200);
    const socket = await begin(server, 4);
    await server.logged('"event":"api.closing"');
    socket.write(REST_OF_CHARGE);
    expect(await textOf(socket)).to.match(/^HTTP\/1\.1 200 /);
    expect(await server.exited).to.equal(0);
    expect(performance.now() - startedMs).to.be.within(delayMs, delayMs + 3_000);
  });

  it("closes immediately at SIGINT, whatever DRAIN_DELAY_MS is", async () => {
    const env = { ...fixture.env, DRAIN_DELAY_MS: "60000" };
    const server = await startServerProcess("api", env);
    server.signal("SIGINT");
    expect(await server.exited).to.equal(0);
  });

  it("destroys connections that do not end within SHUTDOWN_MS", async () => {
    const server = await start("api");
    const socket = await begin(server, 2);
    const startedMs = performance.now();
    server.signal("SIGINT");
    await textOf(socket).catch(() => "");
    expect(await server.exited).to.equal(0);
    expect(performance.now() - startedMs).to.be.within(1_400, 4_000);
  });

  it("ends in order when a supervisor repeats SIGTERM", async () => {
    const server = await start("api");
    const socket = await begin(server, 5);
    server.signal("SIGTERM");
    await server.logged('"event":"api.closing"');
    server.signal("SIGTERM");
    socket.write(REST_OF_CHARGE);
    expect(await textOf(socket)).to.match(/^HTTP\/1\.1 200 /);
    expect(await server.exited).to.equal(0);
  });

  it("ends immediately at a second signal, when that is SIGINT", async () => {
    const server = await start("api");
    const socket = await begin(server, 3);
    socket.on("error", () => {});
    server.signal("SIGTERM");
    await server.logged('"event":"api.closing"');
    server.signal("SIGINT");
    expect(await server.exited).to.equal(130);
  });

  it("serves only probes and metrics when its role is worker", async () => {
    const server = await start("worker");
    expect((await callApi(server.url, "GET", "/health/live")).status).to.equal(200);
    const ready = await callApi(server.url, "GET", "/health/ready");
    expect(ready.text).to.include('"dependency":"kafka"');
    const metrics = await callApi(server.url, "GET", "/metrics");
    expect(metrics.text).to.include("nodejs_eventloop_lag_seconds");
    expect((await callApi(server.url, "GET", "/concerts")).status).to.equal(404);
    server.signal("SIGTERM");
    expect(await server.exited, server.log()).to.equal(0);
  });

  it("leaves a report of its load only when it is killed", async () => {
    const { core, close } = await openCore(fixture.config, { role: "api" });
    const count = async () => (await core.apiLoads.list()).length;
    const before = await count();
    const reports = async (more: number) =>
      eventually(`${more} more reports`, async () =>
        (await count()) === before + more ? true : undefined,
      );
    const [stopped, killed, worker] = await Promise.all(["api", "api", "worker"].map(start));
    await reports(2);
    stopped?.signal("SIGTERM");
    expect(await stopped?.exited).to.equal(0);
    await reports(1);
    killed?.signal("SIGKILL");
    worker?.signal("SIGTERM");
    await Promise.all([killed?.exited, worker?.exited]);
    await reports(1);
    await close();
  });

  it("names the missing setting and exits with 2", async () => {
    const { MYSQL_URL: _left, ...env } = { ...fixture.env };
    const failed = await startServerProcess("api", env).catch((error) => String(error));
    expect(failed).to.include("ended with 2").and.include("MYSQL_URL");
  });
});
