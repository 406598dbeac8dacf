import { migrateDatabase, type OpenedCore, openCore, promoteWaiting } from "@onsale/core";
import { type Stack, stackUp, TEST_STACK_PREFIX } from "@onsale/devstack";
import { expect } from "chai";
import { type RunningServer, startServer } from "../../src/startServer.ts";
import { callApi, textIn } from "../support/callApi.ts";
import { readEvents } from "../support/eventReader.ts";
import { eventually } from "../support/eventually.ts";
import { configOf, openSale } from "./faultFixture.ts";

const QUEUE_ID = "main";

describe("a process for waiting buyers", () => {
  let stack: Stack;
  let opened: OpenedCore;
  let server: RunningServer;
  let seatId = 0;

  before("opens a queue, and starts the process while MySQL is down", async function () {
    this.timeout(120_000);
    const { PATH = "", HOME = "", KAFKA_HOME = "" } = process.env;
    stack = await stackUp({
      name: `${TEST_STACK_PREFIX}queue-process-${process.pid}`,
      env: { PATH, HOME, ...(KAFKA_HOME === "" ? {} : { KAFKA_HOME }) },
    });
    const config = configOf(stack);
    await migrateDatabase(config);
    opened = await openCore(config, { role: "api" });
    [seatId = 0] = await openSale(opened.core, { seats: 1, price: 10 });
    await promoteWaiting(opened.core, { queueId: QUEUE_ID });
    await stack.fault("mysql", "kill");
    server = await startServer(config, { role: "queue" });
  });
  after("stops everything", async function () {
    this.timeout(60_000);
    await server.close();
    await opened.close();
    await stack.down();
  });

  const call = (method: string, path: string, userId: number, json?: object) =>
    callApi(server.url, method, `/api/v1${path}`, {
      headers: { "x-user-id": String(userId) },
      json,
    });
  const join = (userId: number) => call("POST", "/queue/tokens", userId, { queueId: QUEUE_ID });

  it("lets buyers join and wait without MySQL", async () => {
    expect((await callApi(server.url, "GET", "/health/ready")).status).to.equal(200);
    const joined = await join(1);
    expect([joined.status, joined.data.position]).to.deep.equal([200, 1]);
    const token = textIn(joined.data, "token");
    const polled = await callApi(server.url, "GET", "/api/v1/queue/tokens/me", { token });
    expect(polled.data).to.include({ status: "WAITING", position: 1 });
    const overview = await callApi(server.url, "GET", `/api/v1/queues/${QUEUE_ID}/status`);
    expect(overview.data).to.include({ mode: "open", waitingCount: 1 });
    const events = await readEvents(`${server.url}/api/v1/queue/tokens/me/events`, {
      authorization: `Bearer ${token}`,
    });
    expect((await events.next())?.data).to.include({ position: 1 });
    await events.close();
  });

  it("serves no other request", async () => {
    for (const [method, path] of [
      ["GET", "/concerts"],
      ["POST", "/concerts/reserve-seat"],
      ["PUT", "/points/charge"],
    ] as const) {
      const json = method === "GET" ? undefined : { seatId };
      expect((await call(method, path, 1, json)).status, path).to.equal(404);
    }
  });

  it("uses the settings and the epoch that MySQL has, once it is back", async function () {
    this.timeout(60_000);
    const token = textIn((await join(2)).data, "token");
    await stack.fault("mysql", "restart");
    const { core } = opened;
    await eventually("the epoch is raised", async () => {
      const isRaised = await core
        .withTransaction((tx) => core.admissions.raiseEpoch(tx, QUEUE_ID, 1))
        .catch(() => undefined);
      return isRaised;
    });
    core.queueState.known.forget(QUEUE_ID);
    await promoteWaiting(core, { queueId: QUEUE_ID });
    const code = await eventually("the token is refused", async () => {
      return (await callApi(server.url, "GET", "/api/v1/queue/tokens/me", { token })).code;
    });
    expect(code).to.equal("QUEUE_TOKEN_INVALID");
  });
});
