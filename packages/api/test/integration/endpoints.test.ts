import { expect } from "chai";
import { makeSale, type Sale, SEAT_PRICE } from "../support/sale.ts";
import { ENDPOINTS } from "../../src/routes/endpoints.ts";
import { activeBuyer, type Buyer, freshUserId, waitingBuyer } from "../support/buyer.ts";
import { type Answer, numberIn, textIn } from "../support/callApi.ts";
import { useTestApi } from "../support/testApi.ts";

/** Fails unless the answer is exactly what the document says of the endpoint. */
function expectDocumented(answer: Answer, operationId: string): void {
  const endpoint = ENDPOINTS.find((one) => one.operationId === operationId);
  expect(answer.status, answer.text).to.equal(endpoint?.status);
  expect(endpoint?.schemas.answer.safeParse(answer.data).success, answer.text).to.equal(true);
  expect(answer.headers.get("x-request-id")).to.be.a("string").that.is.not.equal("");
  expect(answer.headers.get("content-type")).to.match(/^application\/json/);
}

describe("the endpoints in jwt mode", () => {
  const api = useTestApi({ QUEUE_ACTIVE_COUNT_MAX: "1000", SEAT_LOCK: "redlock" });
  let sale: Sale;

  before("makes a sale", async () => {
    sale = await makeSale(api().core, 60);
  });

  const seatOf = (index: number): number => sale.seatIds[index] ?? 0;

  async function hold(buyer: Buyer, seatIndex: number): Promise<number> {
    const answer = await api().call("POST", "/api/v1/concerts/reserve-seat", {
      token: buyer.queueToken,
      json: { seatId: seatOf(seatIndex) },
    });
    expect(answer.status, answer.text).to.equal(200);
    return numberIn(answer.data, "reservationId");
  }

  async function charge(buyer: Buyer, amount: number): Promise<void> {
    const answer = await api().call("PUT", "/api/v1/points/charge", {
      token: buyer.accessToken,
      json: { amount },
    });
    expect(answer.status, answer.text).to.equal(200);
  }

  async function pay(buyer: Buyer, seatIndex: number): Promise<Answer> {
    const reservationId = await hold(buyer, seatIndex);
    await charge(buyer, SEAT_PRICE);
    return await api().call("POST", "/api/v1/payment/pay", {
      token: buyer.queueToken,
      json: { reservationId },
    });
  }

  it("joins the queue, and keeps the place when asked again", async () => {
    const userId = freshUserId();
    const token = api().accessToken(userId);
    const first = await api().call("POST", "/api/v1/queue/tokens", { token, json: { userId } });
    expectDocumented(first, "joinQueue");
    expect(first.data.status).to.equal("WAITING");
    expect(first.data.queueOrder).to.equal(first.data.position);
    expect(first.data.remainingTime).to.equal(first.data.etaSeconds);
    const again = await api().call("POST", "/api/v1/queue/tokens", { token, json: {} });
    expect(again.data.position).to.equal(first.data.position);
    const byQueueToken = await api().call("POST", "/api/v1/queue/tokens", {
      token: textIn(first.data, "token"),
      json: {},
    });
    expect(byQueueToken.data.position).to.equal(first.data.position);
  });

  it("tells where a user stands, by path and by token", async () => {
    const buyer = await waitingBuyer(api());
    const byPath = await api().call("GET", `/api/v1/queue/tokens/status/${buyer.userId}`, {
      token: buyer.accessToken,
    });
    expectDocumented(byPath, "queueStatusOfUser");
    const byToken = await api().call("GET", "/api/v1/queue/tokens/me", {
      token: buyer.queueToken,
    });
    expectDocumented(byToken, "myQueueStatus");
    expect(byToken.data.position).to.equal(byPath.data.position);
  });

  it("answers 304 while the place is the same, and 200 once it is not", async () => {
    const buyer = await waitingBuyer(api());
    const path = "/api/v1/queue/tokens/me";
    const first = await api().call("GET", path, { token: buyer.queueToken });
    const etag = first.headers.get("etag") ?? "";
    expect(etag).to.match(/^W\/".+"$/);
    const headers = { "if-none-match": etag };
    const same = await api().call("GET", path, { token: buyer.queueToken, headers });
    expect(same.status).to.equal(304);
    expect(same.text).to.equal("");
    await api().promote();
    const changed = await api().call("GET", path, { token: buyer.queueToken, headers });
    expect(changed.status).to.equal(200);
    expect(changed.data.status).to.equal("ACTIVE");
    expect(changed.data.expiresAt).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it("lets a buyer leave, waiting or active", async () => {
    for (const buyer of [await waitingBuyer(api()), await activeBuyer(api())]) {
      const left = await api().call("DELETE", "/api/v1/queue/tokens/me", {
        token: buyer.queueToken,
      });
      expect(left.status).to.equal(204);
      expect(left.text).to.equal("");
      const after = await api().call("GET", `/api/v1/queue/tokens/status/${buyer.userId}`, {
        token: buyer.accessToken,
      });
      expect([after.status, after.code]).to.deep.equal([404, "QUEUE_PLACE_NOT_FOUND"]);
    }
  });

  it("lists concerts to everybody, filtered and page by page", async () => {
    const queueId = "paging";
    for (let count = 0; count < 3; count += 1) await makeSale(api().core, 1, queueId);
    const first = await api().call("GET", "/api/v1/concerts?limit=2&singer=locks");
    expectDocumented(first, "listConcerts");
    expect(first.data.concerts).to.have.length(2);
    const cursor = textIn(first.data, "nextCursor");
    const second = await api().call("GET", `/api/v1/concerts?limit=100&cursor=${cursor}`);
    expectDocumented(second, "listConcerts");
    expect(second.data.nextCursor).to.equal(null);
    const none = await api().call("GET", "/api/v1/concerts?concertName=nosuchconcert");
    expect(none.data.concerts).to.deep.equal([]);
    const past = await api().call("GET", "/api/v1/concerts?endDate=2001-01-01");
    expect(past.data.concerts).to.deep.equal([]);
    const coming = await api().call("GET", "/api/v1/concerts?startDate=2001-01-01");
    expect(coming.data.concerts).to.not.deep.equal([]);
  });

  it("shows dates and seats to an active buyer", async () => {
    const buyer = await activeBuyer(api());
    const token = buyer.queueToken;
    const dates = await api().call("GET", `/api/v1/concerts/${sale.concertId}/available-dates`, {
      token,
    });
    expectDocumented(dates, "availableDates");
    expect(dates.text).to.include(`"concertOptionId":${sale.performanceId}`);
    const path = `/api/v1/concerts/${sale.performanceId}/available-seats`;
    const seats = await api().call("GET", path, { token });
    expectDocumented(seats, "availableSeats");
    expect(seats.data.concertOptionId).to.equal(sale.performanceId);
  });

  it("holds several seats and reads, lists and cancels the reservation", async () => {
    const buyer = await activeBuyer(api());
    const held = await api().call("POST", "/api/v1/concerts/reserve-seat", {
      token: buyer.queueToken,
      json: { seatIds: [seatOf(1), seatOf(0)], userId: buyer.userId },
    });
    expectDocumented(held, "reserveSeat");
    expect(held.data.amount).to.equal(2 * SEAT_PRICE);
    const path = `/api/v1/reservations/${numberIn(held.data, "reservationId")}`;
    const token = buyer.accessToken;
    const found = await api().call("GET", path, { token });
    expectDocumented(found, "findReservation");
    expect(found.data.status).to.equal("PENDING");
    const list = await api().call("GET", "/api/v1/users/me/reservations", { token });
    expectDocumented(list, "myReservations");
    expect(list.data.reservations).to.have.length(1);
    const cancelled = await api().call("DELETE", path, { token });
    expectDocumented(cancelled, "cancelReservation");
    const after = await api().call("GET", path, { token });
    expect(after.data.status).to.equal("CANCELLED");
  });

  it("replays a hold for the same key, and refuses the key for other seats", async () => {
    const buyer = await activeBuyer(api());
    const send = (seatId: number): Promise<Answer> =>
      api().call("POST", "/api/v1/concerts/reserve-seat", {
        token: buyer.queueToken,
        json: { seatId },
        headers: { "idempotency-key": "hold-once" },
      });
    const first = await send(seatOf(2));
    const second = await send(seatOf(2));
    expect(first.headers.get("idempotency-replayed")).to.equal(null);
    expect(second.headers.get("idempotency-replayed")).to.equal("true");
    expect(second.data).to.deep.equal(first.data);
    const other = await send(seatOf(3));
    expect([other.status, other.code]).to.deep.equal([422, "IDEMPOTENCY_KEY_REUSED"]);
  });

  it("charges, tells the balance, and lists the ledger page by page", async () => {
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

  it("charges once for one key", async () => {
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

  it("pays a hold, and answers a repeat alike although the turn is used up", async () => {
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

  it("does not let a buyer pay whose turn is over", async () => {
    const buyer = await activeBuyer(api());
    const reservationId = await hold(buyer, 5);
    await charge(buyer, SEAT_PRICE);
    await api().call("DELETE", "/api/v1/queue/tokens/me", { token: buyer.queueToken });
    const refused = await api().call("POST", "/api/v1/payment/pay", {
      token: buyer.queueToken,
      json: { reservationId },
      headers: { "idempotency-key": "late" },
    });
    expect([refused.status, refused.code]).to.deep.equal([410, "QUEUE_TOKEN_EXPIRED"]);
  });

  it("says what is missing when the points do not suffice", async () => {
    const buyer = await activeBuyer(api());
    const reservationId = await hold(buyer, 6);
    const refused = await api().call("POST", "/api/v1/payment/pay", {
      token: buyer.queueToken,
      json: { reservationId },
    });
    expect([refused.status, refused.code]).to.deep.equal([422, "INSUFFICIENT_POINTS"]);
    expect(refused.body).to.include({ required: SEAT_PRICE, balance: 0 });
  });

  it("refunds a payment once and puts the seat up for sale again", async () => {
    const buyer = await activeBuyer(api());
    const paid = await pay(buyer, 7);
    const path = `/api/v1/payments/${numberIn(paid.data, "paymentId")}/refund`;
    const token = buyer.accessToken;
    const refunded = await api().call("POST", path, { token });
    expectDocumented(refunded, "refund");
    expect(refunded.data).to.include({ refunded: SEAT_PRICE, currentPoints: SEAT_PRICE });
    const again = await api().call("POST", path, { token, json: {} });
    expect([again.status, again.code]).to.deep.equal([409, "PAYMENT_ALREADY_REFUNDED"]);
    const next = await activeBuyer(api());
    await hold(next, 7);
  });

  it("tells the loser of a seat that it is held, or sold", async () => {
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

  it("creates a user whose token works, while the development issuer is on", async () => {
    const created = await api().call("POST", "/api/v1/users", { json: { name: "Ada" } });
    expectDocumented(created, "createUser");
    const userId = numberIn(created.data, "userId");
    const balance = await api().call("GET", `/api/v1/points/current/${userId}`, {
      token: textIn(created.data, "accessToken"),
    });
    expect(balance.data.currentPoints).to.equal(0);
  });
});
