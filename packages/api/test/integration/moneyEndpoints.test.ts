import { releaseAdmission } from "@onsale/core";
import { expect } from "chai";
import {
  activeBuyer,
  type Buyer,
  chargeBuyer,
  holdSeat,
  payHold,
  waitingBuyer,
} from "../support/buyer.ts";
import { type Answer, numberIn, textIn } from "../support/callApi.ts";
import { expectDocumented } from "../support/expectDocumented.ts";
import { makeSale, type Sale, SEAT_PRICE } from "../support/sale.ts";
import { useTestApi } from "../support/testApi.ts";

describe("endpoints of points and payments in jwt mode", () => {
  const api = useTestApi();
  let sale: Sale;

  before("makes a sale", async () => {
    sale = await makeSale(api().core, 60);
  });

  const seatOf = (index: number): number => sale.seatIds[index] ?? 0;
  const hold = (buyer: Buyer, index: number): Promise<number> =>
    holdSeat(api(), buyer, seatOf(index));
  const charge = (buyer: Buyer, amount: number): Promise<void> => chargeBuyer(api(), buyer, amount);

  it("charge points, read the balance, and list the ledger page by page", async () => {
    const buyer = await waitingBuyer(api());
    const token = buyer.accessToken;
    for (const amount of [100, 200, 300]) await charge(buyer, amount);
    const balance = await api().call("GET", `/api/v1/points/current/${buyer.userId}`, { token });
    expectDocumented(balance, "currentPoints");
    expect(balance.data.currentPoints).to.equal(600);
    const newest = await api().call("GET", "/api/v1/points/history?limit=2", { token });
    expectDocumented(newest, "pointHistory");
    expect(newest.data.entries).to.have.length(2);
    const cursor = textIn(newest.data, "nextCursor");
    const rest = await api().call("GET", `/api/v1/points/history?cursor=${cursor}`, { token });
    expect(rest.data.entries).to.have.length(1);
    expect(rest.data.nextCursor).to.equal(null);
  });

  it("charge points once when a request is repeated with its key", async () => {
    const buyer = await waitingBuyer(api());
    const options = {
      token: buyer.accessToken,
      json: { amount: 500 },
      headers: { "idempotency-key": "once!" },
    };
    const first = await api().call("PUT", "/api/v1/points/charge", options);
    const second = await api().call("PUT", "/api/v1/points/charge", options);
    expectDocumented(second, "chargePoints");
    expect(second.headers.get("idempotency-replayed")).to.equal("true");
    expect(second.data).to.deep.equal(first.data);
  });

  it("accept a payment, and repeat the answer after the admission has ended", async () => {
    const buyer = await activeBuyer(api());
    const reservationId = await hold(buyer, 4);
    await charge(buyer, 5 * SEAT_PRICE);
    const options = {
      token: buyer.queueToken,
      json: { reservationId },
      headers: { "idempotency-key": "pay-4" },
    };
    const first = await api().call("POST", "/api/v1/payment/pay", options);
    expectDocumented(first, "pay");
    expect(first.data.currentPoints).to.equal(4 * SEAT_PRICE);
    expect(first.data).to.include({ title: "Rush", concertOptionId: sale.performanceId });
    const second = await api().call("POST", "/api/v1/payment/pay", options);
    expect(second.status, second.text).to.equal(200);
    expect(second.headers.get("idempotency-replayed")).to.equal("true");
    expect(second.data).to.deep.equal(first.data);
    const seats = await api().call(
      "GET",
      `/api/v1/concerts/${sale.performanceId}/available-seats`,
      { token: buyer.queueToken },
    );
    expect([seats.status, seats.code]).to.deep.equal([410, "QUEUE_TOKEN_EXPIRED"]);
  });

  it("let a buyer without an admission pay only for a live hold", async () => {
    const endAdmission = ({ userId }: Buyer): Promise<void> =>
      releaseAdmission(api().core, { queueId: "main", userId, reason: "LEFT" });
    const buyer = await activeBuyer(api());
    const reservationId = await hold(buyer, 2);
    await charge(buyer, SEAT_PRICE);
    await endAdmission(buyer);
    const pay = (queueToken: string): Promise<Answer> =>
      api().call("POST", "/api/v1/payment/pay", { token: queueToken, json: { reservationId } });
    const stranger = await activeBuyer(api());
    await endAdmission(stranger);
    const refused = await pay(stranger.queueToken);
    expect([refused.status, refused.code]).to.deep.equal([410, "QUEUE_TOKEN_EXPIRED"]);
    const paid = await pay(buyer.queueToken);
    expectDocumented(paid, "pay");
  });

  it("return the missing points when the balance is too low", async () => {
    const buyer = await activeBuyer(api());
    const reservationId = await hold(buyer, 6);
    const refused = await api().call("POST", "/api/v1/payment/pay", {
      token: buyer.queueToken,
      json: { reservationId },
    });
    expect([refused.status, refused.code]).to.deep.equal([422, "INSUFFICIENT_POINTS"]);
    expect(refused.body).to.include({ required: SEAT_PRICE, balance: 0 });
  });

  it("refund a payment once, and make the seat available again", async () => {
    const buyer = await activeBuyer(api());
    const reservationId = await hold(buyer, 7);
    await charge(buyer, SEAT_PRICE);
    const paid = await payHold(api(), buyer, reservationId);
    const token = buyer.accessToken;
    const bought = await api().call("GET", `/api/v1/reservations/${reservationId}`, { token });
    expectDocumented(bought, "findReservation");
    expect(bought.data.paymentId).to.equal(paid.data.paymentId);
    const path = `/api/v1/payments/${numberIn(bought.data, "paymentId")}/refund`;
    const refunded = await api().call("POST", path, { token });
    expectDocumented(refunded, "refund");
    expect(refunded.data).to.include({ refunded: SEAT_PRICE, currentPoints: SEAT_PRICE });
    expect(refunded.data).to.include({ concertId: sale.concertId, concertVenue: "Hall" });
    const again = await api().call("POST", path, { token, json: {} });
    expect(again.headers.get("idempotency-replayed")).to.equal("true");
    expect(again.data).to.deep.equal(refunded.data);
    const next = await activeBuyer(api());
    await hold(next, 7);
  });

  it("return SEAT_ALREADY_HELD or SEAT_ALREADY_SOLD to the buyer who was too late", async () => {
    const [winner, loser] = [await activeBuyer(api()), await activeBuyer(api())];
    const ask = (): Promise<Answer> =>
      api().call("POST", "/api/v1/concerts/reserve-seat", {
        token: loser.queueToken,
        json: { seatId: seatOf(8) },
      });
    const reservationId = await hold(winner, 8);
    const held = await ask();
    expect([held.status, held.code]).to.deep.equal([409, "SEAT_ALREADY_HELD"]);
    await charge(winner, SEAT_PRICE);
    await api().call("POST", "/api/v1/payment/pay", {
      token: winner.queueToken,
      json: { reservationId },
    });
    const sold = await ask();
    expect([sold.status, sold.code]).to.deep.equal([409, "SEAT_ALREADY_SOLD"]);
  });
});
