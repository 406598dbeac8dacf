import { systemClock, systemIds } from "@onsale/core";
import { expect } from "chai";
import Koa from "koa";
import { type Listener, listen } from "../../src/http/listen.ts";
import type { RequestState } from "../../src/http/state.ts";
import { boundOpenOfAddress, openRequests } from "../../src/middlewares/openRequests.ts";
import { problem } from "../../src/middlewares/problem.ts";
import { requestState } from "../../src/middlewares/requestState.ts";
import { freshUserId } from "../support/buyer.ts";
import { type Answer, callApi } from "../support/callApi.ts";
import { eventually } from "../support/eventually.ts";
import { medianOf } from "../support/medianOf.ts";
import { openRaw, type RawConnection, statusesIn } from "../support/rawConnection.ts";
import { recordingLog } from "../support/recordingLog.ts";
import { openTestApi, type TestApi } from "../support/testApi.ts";

/** The median answer to honest requests during an attack. */
const HONEST_MS_MAX = 1_000;
/** More than the sockets of both sides hold. */
const LARGE = Buffer.alloc(64 * 1024 * 1024, "x");

describe("attack: clients that hold sockets", () => {
  const raw: RawConnection[] = [];
  let api: TestApi;

  afterEach("closes the connections and the API", async () => {
    for (const { socket } of raw.splice(0)) socket.destroy();
    await api.close();
  });

  const portOf = ({ url }: TestApi): number => Number(new URL(url).port);

  async function open(written: string): Promise<RawConnection> {
    const connection = await openRaw(portOf(api), written);
    raw.push(connection);
    return connection;
  }

  const openMany = (count: number, written: string): Promise<RawConnection[]> =>
    Promise.all(Array.from({ length: count }, () => open(written)));

  const charge = (token: string): Promise<Answer> =>
    api.call("PUT", "/api/v1/points/charge", { token, json: { amount: 1 } });

  /** Requests of an honest user, one after the other. @returns the median answer in ms */
  async function honestMs(): Promise<number> {
    const token = api.accessToken(freshUserId());
    const tookMs: number[] = [];
    for (let ask = 0; ask < 20; ask += 1) {
      const startedMs = performance.now();
      expect((await charge(token)).status).to.equal(200);
      tookMs.push(performance.now() - startedMs);
    }
    return medianOf(tookMs);
  }

  const chargeHead = (token: string): string =>
    "PUT /api/v1/points/charge HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n" +
    `authorization: Bearer ${token}\r\ncontent-length: 60\r\n\r\n{`;

  it("takes no slot from others: 300 half bodies of one user, three rounds", async () => {
    api = await openTestApi({ IN_FLIGHT_MAX: "16", BODY_TIMEOUT_MS: "500" });
    for (const _round of [1, 2, 3]) {
      const token = api.accessToken(freshUserId());
      const slow = await openMany(300, chargeHead(token));
      expect(await honestMs()).to.be.below(HONEST_MS_MAX);
      const answers = await Promise.all(slow.map(({ ended }) => ended));
      expect(new Set(answers.flatMap(statusesIn))).to.deep.equal(new Set([408, 429]));
      for (const answer of answers) expect(statusesIn(answer)).to.have.length(1);
      for (const { socket } of raw.splice(0)) socket.destroy();
    }
    expect(api.activity.bounds.buying.count(), "slots").to.equal(0);
    expect((await api.call("GET", "/health/ready")).status).to.equal(200);
  });

  it("takes no connection from others: 600 silent sockets and 100 CONNECTs", async () => {
    api = await openTestApi({ CONNECTIONS_MAX: "500" });
    await openMany(600, "");
    const connects = await openMany(100, "CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n");
    expect(await honestMs()).to.be.below(HONEST_MS_MAX);
    const answers = await Promise.all(connects.map(({ ended }) => ended));
    expect(new Set(answers.flatMap(statusesIn))).to.deep.equal(new Set([405]));
  });
});

describe("attack: answers that are never read", () => {
  let listener: Listener;
  let connection: RawConnection | undefined;

  beforeEach("serves a large answer to one request of an address at a time", async () => {
    const app = new Koa<RequestState>();
    app.silent = true;
    app.use(requestState(systemIds));
    app.use(problem(recordingLog()));
    app.use(boundOpenOfAddress(openRequests(1)));
    app.use((ctx) => {
      ctx.body = ctx.path === "/large" ? LARGE : "small";
    });
    listener = await listen(app.callback(), {
      ...{ host: "127.0.0.1", port: 0, connectionsMax: 100, requestTimeoutMs: 60_000 },
      ...{ clock: systemClock, ids: systemIds },
    });
  });

  afterEach("stops", async () => {
    connection?.socket.destroy();
    await listener.close(0);
  });

  it("count as open requests until their client reads them or leaves", async () => {
    const ask = () => callApi(listener.url, "GET", "/small");
    expect((await ask()).status).to.equal(200);
    expect((await ask()).status, "after an answer that was read").to.equal(200);
    connection = await openRaw(listener.port);
    connection.socket.pause();
    connection.socket.write("GET /large HTTP/1.1\r\nhost: a\r\n\r\n");
    const refused = await eventually("a refusal", async () => {
      const answer = await ask();
      return answer.status === 429 ? answer : undefined;
    });
    expect(refused.code).to.equal("TOO_MANY_OPEN_REQUESTS");
    connection.socket.destroy();
    await eventually("the end of the count", async () =>
      (await ask()).status === 200 ? true : undefined,
    );
  });
});
