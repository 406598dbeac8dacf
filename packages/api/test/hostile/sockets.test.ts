import { systemClock, systemIds } from "@onsale/core";
import { expect } from "chai";
import Koa from "koa";
import { type Listener, listen } from "../../src/http/listen.ts";
import type { RequestState } from "../../src/http/state.ts";
import { boundOpenOfAddress, openRequests } from "../../src/middlewares/openRequests.ts";
import { problem } from "../../src/middlewares/problem.ts";
import { requestState } from "../../src/middlewares/requestState.ts";
import { activeBuyer, type Buyer, freshUserId } from "../support/buyer.ts";
import { type Answer, callApi } from "../support/callApi.ts";
import { eventually } from "../support/eventually.ts";
import { medianOf } from "../support/medianOf.ts";
import { openRaw, type RawConnection, statusesIn } from "../support/rawConnection.ts";
import { recordingLog } from "../support/recordingLog.ts";
import { makeSale } from "../support/sale.ts";
import { openTestApi, type TestApi } from "../support/testApi.ts";

/** The median answer to honest requests during an attack. */
const HONEST_MS_MAX = 1_000;
const AT_A_TIME = 50;
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

  /** Opens a few at a time: the kernel drops those beyond its backlog, which then take seconds. */
  async function openMany(count: number, written: string): Promise<RawConnection[]> {
    const opened: RawConnection[] = [];
    while (opened.length < count) {
      const few = Math.min(count - opened.length, AT_A_TIME);
      opened.push(...(await Promise.all(Array.from({ length: few }, () => open(written)))));
    }
    return opened;
  }

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

  it("takes no slot from others: 560 half bodies of 10 users, twice", async () => {
    api = await openTestApi({ RATE_LIMIT_USER_PER_SECOND: "100000", BODY_TIMEOUT_MS: "60000" });
    expect(api.config.http.inFlightMax, "slots").to.be.below(560);
    for (const _round of [1, 2]) {
      const tokens = Array.from({ length: 10 }, () => api.accessToken(freshUserId()));
      const slow: RawConnection[] = [];
      for (const token of tokens) slow.push(...(await openMany(56, chargeHead(token))));
      expect(await honestMs()).to.be.below(HONEST_MS_MAX);
      expect(api.activity.bounds.buying.count(), "slots in use").to.equal(0);
      expect(slow.filter(({ received }) => received() !== "")).to.deep.equal([]);
      for (const { socket } of raw.splice(0)) socket.destroy();
    }
    expect((await api.call("GET", "/health/ready")).status).to.equal(200);
  });

  it("ends 300 half bodies of one user: at once, or after the time for a body", async () => {
    api = await openTestApi({ RATE_LIMIT_USER_PER_SECOND: "100000", BODY_TIMEOUT_MS: "1500" });
    const slow = await openMany(300, chargeHead(api.accessToken(freshUserId())));
    const statuses = (await Promise.all(slow.map(({ ended }) => ended))).map(statusesIn);
    const count = (wanted: number) => statuses.filter(([status]) => status === wanted).length;
    expect([count(408), count(429)]).to.deep.equal([64, 236]);
    for (const ones of statuses) expect(ones).to.have.length(1);
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

describe("attack: pipelined seat lists that are never read", () => {
  let api: TestApi;
  const raw: RawConnection[] = [];

  before("makes a large hall", async () => {
    api = await openTestApi({ RATE_LIMIT_USER_PER_SECOND: "100000" });
  });
  after("closes the connections and the API", async () => {
    for (const { socket } of raw) socket.destroy();
    await api.close();
  });

  it("are refused beyond 64 of their user, and delay no others: 384 large lists", async () => {
    const { performanceId } = await makeSale(api.core, 10_000);
    const path = `/api/v1/concerts/${performanceId}/available-seats`;
    const [attacker, honest] = [await activeBuyer(api), await activeBuyer(api)];
    const list = ({ queueToken: token }: Buyer): Promise<Answer> =>
      api.call("GET", path, { token });
    const request =
      `GET ${path} HTTP/1.1\r\nhost: a\r\n` +
      `authorization: Bearer ${attacker.queueToken}\r\n\r\n`;
    const tookMs: number[] = [];
    for (let connections = 0; connections < 16; connections += 1) {
      const connection = await openRaw(Number(new URL(api.url).port));
      raw.push(connection);
      connection.socket.pause();
      // The sockets hold about ten of these lists; each of the others is open.
      connection.socket.write(request.repeat(24));
      const startedMs = performance.now();
      expect((await list(honest)).status).to.equal(200);
      tookMs.push(performance.now() - startedMs);
    }
    expect(medianOf(tookMs)).to.be.below(HONEST_MS_MAX);
    const last = raw.at(-1);
    last?.socket.resume();
    await last?.matched(/"code":"TOO_MANY_OPEN_REQUESTS"/);
    for (const { socket } of raw) socket.destroy();
    await eventually("the end of the count", async () =>
      (await list(attacker)).status === 200 ? true : undefined,
    );
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
