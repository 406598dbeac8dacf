import { expect } from "chai";
import { activeBuyer, freshUserId, holdSeat, waitingBuyer } from "../support/buyer.ts";
import type { Answer, CallOptions } from "../support/callApi.ts";
import { readEvents } from "../support/eventReader.ts";
import { makeSale } from "../support/sale.ts";
import { openTestApi, type TestApi, useTestApi } from "../support/testApi.ts";

const SHOP = "https://shop.example";
const LOCAL = "http://localhost:5173";
const STRANGER = "https://evil.example";
const EVENTS = "/api/v1/queue/tokens/me/events";

/** The request with which a browser asks before it sends another one. */
function preflight(api: TestApi, path: string, origin: string, method = "POST"): Promise<Answer> {
  return api.call("OPTIONS", path, {
    headers: {
      origin,
      "access-control-request-method": method,
      "access-control-request-headers": "authorization,content-type,idempotency-key",
    },
  });
}

function namesIn(answer: { readonly headers: Headers }, header: string): string[] {
  const names = answer.headers.get(header)?.toLowerCase().split(",") ?? [];
  return names.map((name) => name.trim());
}

/** Expects that a page of the origin may read the answer and its headers. */
function expectReadable(answer: { readonly headers: Headers }, origin: string): void {
  expect(answer.headers.get("access-control-allow-origin")).to.equal(origin);
  expect(namesIn(answer, "vary")).to.include("origin");
  expect(namesIn(answer, "access-control-expose-headers")).to.include.members([
    ...["retry-after", "etag", "x-request-id", "idempotency-replayed"],
  ]);
  expect(answer.headers.get("access-control-allow-credentials")).to.equal(null);
}

describe("pages of other origins", () => {
  const api = useTestApi({
    CORS_ORIGINS: `${SHOP}, ${LOCAL}`,
    QUEUE_STREAMS_MAX: "1",
  });
  const fromShop = (method: string, path: string, options: CallOptions = {}): Promise<Answer> =>
    api().call(method, path, { ...options, headers: { origin: SHOP, ...options.headers } });

  it("may ask before a request, without a token", async () => {
    for (const [origin, path, method] of [
      [SHOP, "/api/v1/concerts/reserve-seat", "POST"],
      [LOCAL, "/points/charge", "PUT"],
      [SHOP, "/api/v1/queue/tokens/me", "DELETE"],
    ] as const) {
      const answer = await preflight(api(), path, origin, method);
      expect([answer.status, answer.text], path).to.deep.equal([204, ""]);
      expect(answer.headers.get("access-control-allow-origin")).to.equal(origin);
      expect(namesIn(answer, "access-control-allow-methods")).to.include(method.toLowerCase());
      expect(namesIn(answer, "access-control-allow-headers")).to.include.members([
        ...["authorization", "content-type", "idempotency-key", "if-none-match", "last-event-id"],
      ]);
      expect(Number(answer.headers.get("access-control-max-age"))).to.be.above(60);
      expect(namesIn(answer, "vary")).to.include("origin");
      expect(answer.headers.get("x-request-id")).to.match(/./);
    }
  });

  it("may read accepted requests, and probes and documents", async () => {
    const buyer = await activeBuyer(api());
    const [seatId = 0] = (await makeSale(api().core, 1)).seatIds;
    await holdSeat(api(), buyer, seatId);
    for (const [path, options] of [
      ["/api/v1/concerts", {}],
      ["/api/v1/users/me/reservations", { token: buyer.accessToken }],
      ["/health/ready", {}],
      ["/openapi.json", {}],
    ] as const) {
      const answer = await fromShop("GET", path, options);
      expect(answer.status, path).to.equal(200);
      expectReadable(answer, SHOP);
    }
  });

  it("may read why a request was refused", async () => {
    const token = api().accessToken(freshUserId());
    const body = { token, json: { amount: "5" } };
    const plain = { token, raw: "x=1", headers: { "content-type": "text/plain" } };
    for (const [wanted, answer] of [
      [401, await fromShop("GET", "/api/v1/points/history")],
      [400, await fromShop("PUT", "/api/v1/points/charge", body)],
      [404, await fromShop("GET", "/api/v1/nothing")],
      [405, await fromShop("DELETE", "/api/v1/concerts")],
      [415, await fromShop("PUT", "/api/v1/points/charge", plain)],
    ] as const) {
      expect(answer.status, answer.text).to.equal(wanted);
      expectReadable(answer, SHOP);
    }
  });

  it("may follow a place, and read that no stream is free", async () => {
    const { url } = api();
    const { queueToken } = await waitingBuyer(api());
    const headers = { origin: LOCAL, authorization: `Bearer ${queueToken}` };
    const stream = await readEvents(url + EVENTS, headers);
    expect(stream.status).to.equal(200);
    expectReadable(stream, LOCAL);
    expect((await stream.next())?.name).to.equal("place");
    const refused = await api().call("GET", EVENTS, { headers });
    expect([refused.status, refused.code]).to.deep.equal([503, "OVERLOADED"]);
    expectReadable(refused, LOCAL);
    await stream.close();
  });

  it("may read nothing when their origin is not allowed, whatever it looks like", async () => {
    for (const origin of [STRANGER, `${SHOP}.evil.example`, "https://SHOP.example", "null"]) {
      const answer = await api().call("GET", "/api/v1/concerts", { headers: { origin } });
      expect(answer.status).to.equal(200);
      expect(answer.headers.get("access-control-allow-origin"), origin).to.equal(null);
      expect(namesIn(answer, "vary")).to.include("origin");
      const asked = await preflight(api(), "/api/v1/concerts/reserve-seat", origin);
      expect(asked.status).to.equal(405);
      expect(asked.headers.get("access-control-allow-origin"), origin).to.equal(null);
    }
    const plain = await api().call("GET", "/api/v1/concerts");
    expect(plain.headers.get("access-control-allow-origin")).to.equal(null);
    expect(namesIn(plain, "vary"), "a cache may keep it for another page").to.include("origin");
  });

  it("do not hide an OPTIONS request that is no preflight", async () => {
    const answer = await fromShop("OPTIONS", "/api/v1/concerts");
    expect([answer.status, answer.code]).to.deep.equal([405, "METHOD_NOT_ALLOWED"]);
    expectReadable(answer, SHOP);
  });
});

describe("pages of other origins above the rate limits", () => {
  const api = useTestApi({
    CORS_ORIGINS: SHOP,
    ...{ RATE_LIMIT_USER_PER_SECOND: "5", RATE_LIMIT_ADDRESS_PER_SECOND: "40" },
  });

  it("may read that they ask too often, and still ask before", async () => {
    const token = api().accessToken(freshUserId());
    const headers = { origin: SHOP };
    const many = (count: number, ask: () => Promise<Answer>): Promise<Answer[]> =>
      Promise.all(Array.from({ length: count }, ask));
    for (const answers of [
      await many(12, () => api().call("GET", "/api/v1/points/history", { token, headers })),
      await many(120, () => api().call("GET", "/api/v1/concerts", { headers })),
    ]) {
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).to.be.above(0);
      for (const answer of refused) expectReadable(answer, SHOP);
    }
    const asked = await many(120, () => preflight(api(), "/api/v1/concerts", SHOP, "GET"));
    expect(new Set(asked.map(({ status }) => status))).to.deep.equal(new Set([204]));
  });
});

describe("pages of every origin", () => {
  it("may read the answers with CORS_ORIGINS=*, without credentials of the browser", async () => {
    const api = await openTestApi({ CORS_ORIGINS: "*" });
    try {
      const headers = { origin: STRANGER };
      const answer = await api.call("GET", "/api/v1/concerts", { headers });
      expect(answer.status).to.equal(200);
      expect(answer.headers.get("access-control-allow-origin")).to.equal("*");
      expect(answer.headers.get("access-control-allow-credentials")).to.equal(null);
      expect((await preflight(api, "/api/v1/concerts", STRANGER)).status).to.equal(204);
    } finally {
      await api.close();
    }
  });

  it("may read nothing without CORS_ORIGINS", async () => {
    const api = await openTestApi();
    try {
      const answer = await api.call("GET", "/api/v1/concerts", { headers: { origin: SHOP } });
      expect(answer.headers.get("access-control-allow-origin")).to.equal(null);
      expect(answer.headers.get("vary")).to.equal(null);
      expect((await preflight(api, "/api/v1/concerts", SHOP)).status).to.equal(405);
    } finally {
      await api.close();
    }
  });
});
