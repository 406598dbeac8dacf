import { expect } from "chai";
import { type Buyer, waitingBuyer } from "../support/buyer.ts";
import { textIn } from "../support/callApi.ts";
import { makeSale } from "../support/sale.ts";
import { useTestApi } from "../support/testApi.ts";

const HOUR_MS = 3_600_000;

describe("attack: a queue token in the wrong hands", () => {
  const api = useTestApi();

  before("makes a sale", () => makeSale(api().core, 4));

  const call = (method: string, path: string, token: string, json?: object) =>
    api().call(method, `/api/v1${path}`, { token, ...(json && { json }) });

  /** The buyer's token with another time of issue, signed like any other. */
  function agedBy({ queueToken }: Buyer, ageMs: number): string {
    const { tokens, clock } = api().core;
    return tokens.sign({ ...tokens.verify(queueToken), issuedAtMs: clock.nowMs() - ageMs });
  }

  it("gives no access to the account of its user", async () => {
    const { userId, queueToken } = await waitingBuyer(api());
    const doors: readonly (readonly [string, string, object?])[] = [
      ["GET", `/points/current/${userId}`],
      ["GET", "/points/history"],
      ["PUT", "/points/charge", { amount: 500 }],
      ["GET", "/users/me"],
      ["GET", "/users/me/reservations"],
      ["GET", "/reservations/1"],
      ["DELETE", "/reservations/1"],
      ["POST", "/reservations/1/cancel-seats", { seatIds: [1] }],
      ["POST", "/reservations/1/extend"],
      ["POST", "/payments/1/refund"],
    ];
    for (const [method, path, json] of doors) {
      const answer = await call(method, path, queueToken, json);
      expect([path, answer.status, answer.code]).to.deep.equal([
        ...[path, 401, "TOKEN_KIND_WRONG"],
      ]);
    }
  });

  it("does not renew itself after its place was left", async () => {
    const { queueToken } = await waitingBuyer(api());
    expect((await call("DELETE", "/queue/tokens/me", queueToken)).status).to.equal(204);
    const rejoined = await call("POST", "/queue/tokens", queueToken, {});
    expect([rejoined.status, rejoined.code]).to.deep.equal([410, "QUEUE_TOKEN_EXPIRED"]);
    const read = await call("GET", "/queue/tokens/me", queueToken);
    expect([read.status, read.code]).to.deep.equal([410, "QUEUE_TOKEN_EXPIRED"]);
  });

  it("is refused after a day, although its place still waits", async () => {
    const buyer = await waitingBuyer(api());
    const young = agedBy(buyer, 23 * HOUR_MS);
    const renewed = await call("POST", "/queue/tokens", young, {});
    expect(renewed.status, "within a day").to.equal(200);
    const old = agedBy(buyer, 25 * HOUR_MS);
    for (const [method, path] of [
      ["GET", "/queue/tokens/me"],
      ["POST", "/queue/tokens"],
      ["DELETE", "/queue/tokens/me"],
      ["GET", "/queue/tokens/me/events"],
      ["POST", "/concerts/reserve-seat"],
    ] as const) {
      const json = method === "POST" ? { ...(path.includes("seat") && { seatId: 1 }) } : undefined;
      const answer = await call(method, path, old, json);
      expect([path, answer.status]).to.deep.equal([path, 410]);
    }
    const still = await call("GET", "/queue/tokens/me", textIn(renewed.data, "token"));
    expect(still.status, "the renewed one").to.equal(200);
  });

  it("is good for its own queue only", async () => {
    await makeSale(api().core, 1, "other");
    const { userId, queueToken, accessToken } = await waitingBuyer(api());
    const elsewhere = { queueId: "other" };
    const joined = await call("POST", "/queue/tokens", queueToken, elsewhere);
    expect([joined.status, joined.code]).to.deep.equal([401, "TOKEN_KIND_WRONG"]);
    const path = `/queue/tokens/status/${userId}?queueId=other`;
    expect((await call("GET", path, queueToken)).status).to.equal(401);
    expect((await call("POST", "/queue/tokens", accessToken, elsewhere)).status).to.equal(200);
  });

  it("shows nothing of another user's place", async () => {
    const [mine, theirs] = [await waitingBuyer(api()), await waitingBuyer(api())];
    for (const token of [mine.queueToken, mine.accessToken]) {
      const answer = await call("GET", `/queue/tokens/status/${theirs.userId}`, token);
      expect([answer.status, answer.code]).to.deep.equal([404, "USER_NOT_FOUND"]);
      const joined = await call("POST", "/queue/tokens", token, { userId: theirs.userId });
      expect([joined.status, joined.code]).to.deep.equal([403, "FOREIGN_USER"]);
    }
  });
});
