import { expect } from "chai";
import { activeBuyer, type Buyer, chargeBuyer, holdSeat, payHold } from "../support/buyer.ts";
import { type Answer, numberIn } from "../support/callApi.ts";
import { makeSale, type Sale, SEAT_PRICE } from "../support/sale.ts";
import { useTestApi } from "../support/testApi.ts";

describe("attack: requests about another user", () => {
  const api = useTestApi();
  let sale: Sale;
  let victim: Buyer;
  let attacker: Buyer;
  let held: number;
  let paid: { readonly reservationId: number; readonly paymentId: number };

  before("lets a victim hold a seat and pay another one", async () => {
    sale = await makeSale(api().core, 6);
    const payer = await activeBuyer(api());
    const [first = 0, second = 0] = sale.seatIds;
    held = await holdSeat(api(), payer, first);
    await chargeBuyer(api(), payer, 5 * SEAT_PRICE);
    const reservationId = await holdSeat(api(), payer, second);
    const payment = await payHold(api(), payer, reservationId);
    paid = { reservationId, paymentId: numberIn(payment.data, "paymentId") };
    victim = payer;
    attacker = await activeBuyer(api());
    await chargeBuyer(api(), attacker, 5 * SEAT_PRICE);
  });

  const call = (method: string, path: string, token: string, json?: object): Promise<Answer> =>
    api().call(method, `/api/v1${path}`, { token, ...(json && { json }) });

  /** The victim's balance, reservations and history. */
  async function belongings(): Promise<string> {
    const { accessToken, userId } = victim;
    const balance = await call("GET", `/points/current/${userId}`, accessToken);
    const reservations = await call("GET", "/users/me/reservations", accessToken);
    const history = await call("GET", "/points/history", accessToken);
    return [balance, reservations, history].map(({ text }) => text).join("\n");
  }

  it("shows and changes nothing, by id, by body, by header and by query", async () => {
    const before = await belongings();
    const { userId } = victim;
    const { accessToken, queueToken } = attacker;
    const attempts: readonly (readonly [string, string, string, object?])[] = [
      ["GET", `/points/current/${userId}`, accessToken],
      ["PUT", "/points/charge", accessToken, { userId, amount: 5 }],
      ["GET", `/queue/tokens/status/${userId}`, accessToken],
      ["POST", "/queue/tokens", accessToken, { userId }],
      ["GET", `/reservations/${held}`, accessToken],
      ["DELETE", `/reservations/${held}`, accessToken],
      ["POST", `/reservations/${held}/cancel-seats`, accessToken, { seatIds: [sale.seatIds[0]] }],
      ["POST", `/reservations/${held}/extend`, accessToken],
      ["GET", `/reservations/${paid.reservationId}`, accessToken],
      ["DELETE", `/reservations/${paid.reservationId}`, accessToken],
      ["POST", "/payment/pay", queueToken, { reservationId: held }],
      ["POST", `/payments/${paid.paymentId}/refund`, accessToken],
      ["POST", "/concerts/reserve-seat", queueToken, { userId, seatId: sale.seatIds[4] }],
      ["POST", "/concerts/reserve-seat", queueToken, { seatIds: [sale.seatIds[0]] }],
    ];
    for (const [method, path, token, json] of attempts) {
      const answer = await call(method, path, token, json);
      expect([path, answer.status], answer.text).to.satisfy(isRefused);
      expect(answer.data).to.deep.equal({});
      expect(answer.text).to.not.include(String(userId));
    }
    expect(await belongings()).to.equal(before);
  });

  it("is not made by a header that only a gateway may set", async () => {
    const token = attacker.accessToken;
    const headers = { "x-user-id": String(victim.userId) };
    for (const path of ["/points/history", "/users/me", "/users/me/reservations"]) {
      const own = await call("GET", path, token);
      const forged = await api().call("GET", `/api/v1${path}`, { token, headers });
      expect(forged.text).to.equal(own.text);
    }
  });

  it("replays no answer of another user under the same Idempotency-Key", async () => {
    const headers = { "idempotency-key": "shared-key" };
    const pay = (buyer: Buyer, json: object) =>
      api().call("PUT", "/api/v1/points/charge", { token: buyer.accessToken, headers, json });
    const first = await pay(victim, { amount: 3 });
    const second = await pay(attacker, { amount: 4 });
    expect([first.status, second.status]).to.deep.equal([200, 200]);
    expect(second.headers.get("idempotency-replayed")).to.equal(null);
    expect(second.data).to.not.deep.equal(first.data);
  });

  it("reads no page of another user's history with a cursor", async () => {
    const theirs = await call("GET", "/points/history?limit=1", victim.accessToken);
    const cursor = String(theirs.data.nextCursor);
    const mine = await call("GET", `/points/history?cursor=${cursor}`, attacker.accessToken);
    const ids = (answer: Answer): string[] =>
      [...answer.text.matchAll(/"(?:entryId|id)":(\d+)/g)].map(([, id]) => id ?? "");
    const own = new Set(ids(await call("GET", "/points/history?limit=100", attacker.accessToken)));
    for (const id of ids(mine)) expect(own.has(id)).to.equal(true);
  });
});

function isRefused([, status]: readonly unknown[]): boolean {
  return typeof status === "number" && [401, 403, 404, 409].includes(status);
}
