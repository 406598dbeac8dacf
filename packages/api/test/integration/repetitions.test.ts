import { expect } from "chai";
import { activeBuyer, type Buyer, chargeBuyer, holdSeat, payHold } from "../support/buyer.ts";
import { type Answer, numberIn } from "../support/callApi.ts";
import { expectDocumented } from "../support/expectDocumented.ts";
import { makeSale, SEAT_PRICE } from "../support/sale.ts";
import { openTestApi, type TestApi, useTestApi } from "../support/testApi.ts";

const PARALLEL = 8;

const reserve = (
  api: TestApi,
  { queueToken }: Buyer,
  seatIds: readonly number[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  api.call("POST", "/api/v1/concerts/reserve-seat", {
    ...{ token: queueToken, json: { seatIds }, headers },
  });
const refund = (api: TestApi, { accessToken }: Buyer, paymentId: number): Promise<Answer> =>
  api.call("POST", `/api/v1/payments/${paymentId}/refund`, { token: accessToken });
const cancel = (api: TestApi, { accessToken }: Buyer, reservationId: number): Promise<Answer> =>
  api.call("DELETE", `/api/v1/reservations/${reservationId}`, { token: accessToken });

const isReplayed = ({ headers }: Answer): boolean => headers.get("idempotency-replayed") === "true";

/** Expects one first answer, and the same answer for all others. */
function expectRepeated(answers: readonly Answer[]): void {
  for (const answer of answers) expect(answer.status, answer.text).to.equal(200);
  expect(answers.filter((answer) => !isReplayed(answer))).to.have.length(1);
  for (const { data } of answers) expect(data).to.deep.equal(answers[0]?.data);
}

const inParallel = (send: () => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: PARALLEL }, send));

describe("repeated holds without their key", () => {
  const api = useTestApi();

  it("get the buyer's hold, in turn, in any order of the seats", async () => {
    const buyer = await activeBuyer(api());
    const [one = 0, two = 0] = (await makeSale(api().core, 2)).seatIds;
    const first = await reserve(api(), buyer, [one, two]);
    const second = await reserve(api(), buyer, [two, one]);
    expectDocumented(second, "reserveSeat");
    expectRepeated([first, second]);
  });

  it("get the buyer's hold, in parallel", async () => {
    const buyer = await activeBuyer(api());
    const { seatIds } = await makeSale(api().core, 2);
    expectRepeated(await inParallel(() => reserve(api(), buyer, seatIds)));
    const { data } = await api().call("GET", "/api/v1/users/me/reservations", {
      token: buyer.accessToken,
    });
    expect(data.reservations).to.have.length(1);
  });

  it("get the buyer's hold under a new key too", async () => {
    const buyer = await activeBuyer(api());
    const { seatIds } = await makeSale(api().core, 1);
    const first = await reserve(api(), buyer, seatIds, { "idempotency-key": "first" });
    const second = await reserve(api(), buyer, seatIds, { "idempotency-key": "second" });
    expectRepeated([first, second]);
  });

  it("are refused for a part of the seats, with the buyer's own reservation", async () => {
    const buyer = await activeBuyer(api());
    const [one = 0, two = 0, three = 0] = (await makeSale(api().core, 3)).seatIds;
    const held = await reserve(api(), buyer, [one, two]);
    const { reservationId } = held.data;
    for (const [seatIds, taken] of [
      [[one], [one]],
      [[two, three], [two]],
      [
        [one, two, three],
        [one, two],
      ],
    ] as const) {
      const refused = await reserve(api(), buyer, seatIds);
      expect([refused.status, refused.code]).to.deep.equal([409, "SEAT_ALREADY_HELD"]);
      expect(refused.body).to.deep.include({ reservationId, seatIds: taken });
      expect(refused.body.detail).to.include("You hold").and.not.include("another buyer");
    }
    const own = await api().call("GET", `/api/v1/reservations/${reservationId}`, {
      token: buyer.accessToken,
    });
    expect(own.data.status).to.equal("PENDING");
  });

  it("reveal nothing about another buyer's hold", async () => {
    const [winner, loser] = [await activeBuyer(api()), await activeBuyer(api())];
    const { seatIds } = await makeSale(api().core, 2);
    expect((await reserve(api(), winner, seatIds)).status).to.equal(200);
    for (const asked of [seatIds, seatIds.slice(0, 1)]) {
      const refused = await reserve(api(), loser, asked);
      expect([refused.status, refused.code]).to.deep.equal([409, "SEAT_ALREADY_HELD"]);
      expect(refused.body).to.not.have.property("reservationId");
      expect(refused.body.detail).to.include("another buyer");
    }
  });

  it("are no repetitions when the hold was cancelled or paid", async () => {
    const buyer = await activeBuyer(api());
    const [one = 0, two = 0] = (await makeSale(api().core, 2)).seatIds;
    const first = await reserve(api(), buyer, [one]);
    await cancel(api(), buyer, numberIn(first.data, "reservationId"));
    const second = await reserve(api(), buyer, [one]);
    expect([second.status, isReplayed(second)]).to.deep.equal([200, false]);
    expect(second.data.reservationId).to.not.equal(first.data.reservationId);
    await chargeBuyer(api(), buyer, SEAT_PRICE);
    const reservationId = await holdSeat(api(), buyer, two);
    // The payment ends the admission, so the buyer joins again.
    expect((await payHold(api(), buyer, reservationId)).status).to.equal(200);
    const rejoined = await api().call("POST", "/api/v1/queue/tokens", {
      ...{ token: buyer.accessToken, json: {} },
    });
    await api().promote();
    const again = { ...buyer, queueToken: String(rejoined.data.token) };
    const bought = await reserve(api(), again, [two]);
    expect([bought.status, bought.code]).to.deep.equal([409, "SEAT_ALREADY_SOLD"]);
    expect(bought.body).to.include({ reservationId });
    expect(bought.body.detail).to.include("You have paid");
  });
});

describe("other repeated requests without their key", () => {
  const api = useTestApi();

  it("of a payment get the buyer's payment, in parallel and later", async () => {
    const buyer = await activeBuyer(api());
    const [seatId = 0] = (await makeSale(api().core, 1)).seatIds;
    await chargeBuyer(api(), buyer, 5 * SEAT_PRICE);
    const reservationId = await holdSeat(api(), buyer, seatId);
    const pay = () => payHold(api(), buyer, reservationId);
    const answers = await inParallel(pay);
    await chargeBuyer(api(), buyer, 1);
    const last = await pay();
    expectDocumented(last, "pay");
    expectRepeated([...answers, last]);
    expect(last.data).to.include({ currentPoints: 4 * SEAT_PRICE, reservationId });
    const { data } = await api().call("GET", `/api/v1/points/current/${buyer.userId}`, {
      token: buyer.accessToken,
    });
    expect(data.currentPoints, "taken once").to.equal(4 * SEAT_PRICE + 1);
  });

  it("of a payment are refused after its refund, and for another buyer", async () => {
    const buyer = await activeBuyer(api());
    const [seatId = 0] = (await makeSale(api().core, 1)).seatIds;
    await chargeBuyer(api(), buyer, SEAT_PRICE);
    const reservationId = await holdSeat(api(), buyer, seatId);
    const paid = await payHold(api(), buyer, reservationId);
    const foreign = await payHold(api(), await activeBuyer(api()), reservationId);
    expect([foreign.status, foreign.code]).to.deep.equal([403, "RESERVATION_NOT_YOURS"]);
    await refund(api(), buyer, numberIn(paid.data, "paymentId"));
    const again = await payHold(api(), buyer, reservationId);
    expect([again.status, again.code]).to.deep.equal([409, "RESERVATION_STATE_CONFLICT"]);
    expect(again.body).to.include({ reservationId, reservationStatus: "REFUNDED" });
  });

  it("of a refund get the buyer's refund, in parallel and after the performance", async () => {
    const buyer = await activeBuyer(api());
    const { seatIds, performanceId } = await makeSale(api().core, 1);
    await chargeBuyer(api(), buyer, 3 * SEAT_PRICE);
    const reservationId = await holdSeat(api(), buyer, seatIds[0] ?? 0);
    const paymentId = numberIn((await payHold(api(), buyer, reservationId)).data, "paymentId");
    const answers = await inParallel(() => refund(api(), buyer, paymentId));
    const { core } = api();
    const details = { startsAt: new Date(core.clock.nowMs() - 60_000), venue: "Hall" };
    await core.withTransaction((tx) => core.catalog.updatePerformance(tx, performanceId, details));
    const last = await refund(api(), buyer, paymentId);
    expectDocumented(last, "refund");
    expectRepeated(answers);
    expect(isReplayed(last)).to.equal(true);
    const startsAt = `${details.startsAt.toISOString().slice(0, 19)}Z`;
    expect(last.data).to.deep.equal({ ...answers[0]?.data, startsAt });
    expect(last.data).to.include({ refunded: SEAT_PRICE, currentPoints: 3 * SEAT_PRICE });
  });

  it("of a cancellation get the same answer, in parallel and later", async () => {
    const buyer = await activeBuyer(api());
    const [seatId = 0] = (await makeSale(api().core, 1)).seatIds;
    const reservationId = await holdSeat(api(), buyer, seatId);
    const answers = await inParallel(() => cancel(api(), buyer, reservationId));
    expectRepeated([...answers, await cancel(api(), buyer, reservationId)]);
  });

  it("of a charge without a key charge again", async () => {
    const buyer = await activeBuyer(api());
    await chargeBuyer(api(), buyer, 500);
    await chargeBuyer(api(), buyer, 500);
    const { data } = await api().call("GET", `/api/v1/points/current/${buyer.userId}`, {
      token: buyer.accessToken,
    });
    expect(data.currentPoints).to.equal(1_000);
  });
});

describe("requests that repeat an earlier one in transactions of their own", () => {
  it("get the buyer's payment and refund, in parallel", async () => {
    const api = await openTestApi({ TRANSACTION_GROUP_MAX: "1" });
    try {
      const buyer = await activeBuyer(api);
      const [seatId = 0] = (await makeSale(api.core, 1)).seatIds;
      await chargeBuyer(api, buyer, SEAT_PRICE);
      const reservationId = await holdSeat(api, buyer, seatId);
      const payments = await inParallel(() => payHold(api, buyer, reservationId));
      expectRepeated(payments);
      const paymentId = numberIn(payments[0]?.data ?? {}, "paymentId");
      expectRepeated(await inParallel(() => refund(api, buyer, paymentId)));
    } finally {
      await api.close();
    }
  });
});
