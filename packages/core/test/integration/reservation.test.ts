import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import { answeredSeat } from "../../src/reservation/answeredSeat.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { findReservation, reservationsOf } from "../../src/reservation/findReservation.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { releaseExpiredHolds } from "../../src/reservation/releaseExpiredHolds.ts";
import { expectInvariants } from "../support/expectInvariants.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  firstOf,
  held,
  makeSale,
  makeSeat,
  newUserId,
  paid,
  QUEUE_ID,
  SEAT_PRICE,
} from "../support/fixtures.ts";
import { useTestCore } from "../support/testCore.ts";

const HOUR_MS = 60 * 60 * 1000;

describe("a reservation", () => {
  const current = useTestCore({ HOLD_TTL_MS: "60000" });

  const refusal = async (seatIds: readonly number[], queueId = QUEUE_ID): Promise<unknown> =>
    failureOf(holdSeats(current().core, { userId: newUserId(), seatIds, queueId }));
  const seatsNow = (seatIds: readonly number[]) => current().core.seats.find(null, seatIds);
  const messagesOf = async (reservationId: number): Promise<unknown[]> => {
    const rows = await current().sql(
      `SELECT type FROM outbox_messages WHERE aggregate_type = 'reservation' AND aggregate_id = ?
       ORDER BY aggregate_version`,
      [reservationId],
    );
    return rows.map((row) => row.type);
  };

  it("holds the seats at the stored price until its expiry, with an outbox message", async () => {
    const { core } = current();
    const userId = newUserId();
    const { seatIds, performanceId } = await makeSale(core, 3);
    const { value, replayed } = await holdSeats(core, { userId, seatIds, queueId: QUEUE_ID });
    expect(replayed).to.equal(false);
    expect(value).to.deep.include({ status: "PENDING", performanceId, amount: 3 * SEAT_PRICE });
    expect(value.seats.map((seat) => [seat.seatId, seat.seatNo, seat.price])).to.deep.equal(
      seatIds.map((seatId, index) => [seatId, `A-${index + 1}`, SEAT_PRICE]),
    );
    for (const seat of await seatsNow(seatIds)) {
      expect(seat).to.include({ status: "HELD", reservationId: value.reservationId });
      expect(seat.holdExpiresAt?.toISOString()).to.equal(value.expiresAt);
    }
    const lifeMs = Date.parse(value.expiresAt) - core.clock.nowMs();
    expect(lifeMs).to.be.within(50_000, 60_500);
    expect(await messagesOf(value.reservationId)).to.deep.equal(["reservation.held"]);
    const found = await findReservation(core, { userId, reservationId: value.reservationId });
    expect(found).to.deep.include({ userId, status: "PENDING", version: 1, overdue: false });
    expect(found.seats.map(answeredSeat)).to.deep.equal(value.seats);
  });

  it("holds all of its seats or none of them", async () => {
    const { core } = current();
    const { seatIds } = await makeSale(core, 3);
    const last = seatIds.slice(-1);
    await held(core, newUserId(), last);
    const failure = await refusal(seatIds);
    expect(codeOf(failure)).to.equal("SEAT_ALREADY_HELD");
    expect(failure).to.deep.include({ details: { seatIds: last } });
    expect((await seatsNow(seatIds)).map((seat) => seat.status)).to.deep.equal([
      "AVAILABLE",
      "AVAILABLE",
      "HELD",
    ]);
  });

  it("is refused for a sold or unknown seat, and for seats of two performances", async () => {
    const { core } = current();
    const [sold, free] = (await makeSale(core, 2)).seatIds;
    const elsewhere = await makeSeat(core);
    if (!sold || !free) throw new Error("two seats were made");
    await paid(core, await chargedUser(core), [sold]);
    expect(codeOf(await refusal([sold]))).to.equal("SEAT_ALREADY_SOLD");
    expect(codeOf(await refusal([999_999_999]))).to.equal("SEAT_NOT_FOUND");
    expect(codeOf(await refusal([free, 999_999_999]))).to.equal("SEAT_NOT_FOUND");
    expect(codeOf(await refusal([free, elsewhere]))).to.equal("SEATS_OF_SEVERAL_PERFORMANCES");
    expect(firstOf(await seatsNow([free])).status).to.equal("AVAILABLE");
  });

  it("is refused unless it has 1 to 4 different seats", async () => {
    const { seatIds } = await makeSale(current().core, 5);
    const one = firstOf(seatIds);
    for (const wrong of [[], seatIds, [one, one]]) {
      expect(codeOf(await refusal(wrong))).to.equal("SEAT_COUNT_INVALID");
    }
    await held(current().core, newUserId(), seatIds.slice(0, 4));
  });

  it("is refused for another waiting room, and after the performance began", async () => {
    const { core } = current();
    const elsewhere = await makeSale(core, 1, { queueId: "vip" });
    expect(codeOf(await refusal(elsewhere.seatIds))).to.equal("QUEUE_TOKEN_WRONG_QUEUE");
    const startsAt = new Date(core.clock.nowMs() - HOUR_MS);
    const begun = await makeSale(core, 1, { startsAt });
    expect(codeOf(await refusal(begun.seatIds))).to.equal("PERFORMANCE_STARTED");
    const rows = await seatsNow([...elsewhere.seatIds, ...begun.seatIds]);
    expect(rows.map((row) => row.status)).to.deep.equal(["AVAILABLE", "AVAILABLE"]);
  });

  it("keeps its price when the seat's price changes", async () => {
    const { core, sql } = current();
    const userId = await chargedUser(core);
    const seatId = await makeSeat(core);
    const reservationId = await held(core, userId, [seatId]);
    await sql("UPDATE seats SET price = price * 2 WHERE id = ?", [seatId]);
    const { value } = await payReservation(core, { userId, reservationId });
    expect(value.price).to.equal(SEAT_PRICE);
  });

  it("can be cancelled by its buyer; the seats are for sale immediately", async () => {
    const { core } = current();
    const userId = newUserId();
    const { seatIds } = await makeSale(core, 2);
    const reservationId = await held(core, userId, seatIds);
    await cancelReservation(core, { userId, reservationId });
    await cancelReservation(core, { userId, reservationId });
    expect((await findReservation(core, { userId, reservationId })).status).to.equal("CANCELLED");
    expect(await messagesOf(reservationId)).to.deep.equal([
      "reservation.held",
      "reservation.cancelled",
    ]);
    await held(core, newUserId(), seatIds);
  });

  it("is neither shown to another buyer nor cancelled by one", async () => {
    const { core } = current();
    const reservationId = await held(core, newUserId(), [await makeSeat(core)]);
    const input = { userId: newUserId(), reservationId };
    expect(codeOf(await failureOf(findReservation(core, input)))).to.equal("RESERVATION_NOT_FOUND");
    expect(codeOf(await failureOf(cancelReservation(core, input)))).to.equal(
      "RESERVATION_NOT_YOURS",
    );
    const unknown = { userId: newUserId(), reservationId: 999_999_999 };
    expect(codeOf(await failureOf(cancelReservation(core, unknown)))).to.equal(
      "RESERVATION_NOT_FOUND",
    );
  });

  it("cannot be cancelled after the payment", async () => {
    const { core } = current();
    const userId = await chargedUser(core);
    const { reservationId } = await paid(core, userId, [await makeSeat(core)]);
    const cancel = cancelReservation(core, { userId, reservationId });
    expect(codeOf(await failureOf(cancel))).to.equal("RESERVATION_STATE_CONFLICT");
  });

  it("is expired by the reaper only when overdue, in batches, with a message each", async () => {
    const { core } = current();
    const { seatIds } = await makeSale(core, 5);
    const reservations: number[] = [];
    for (const seatId of seatIds) reservations.push(await held(core, newUserId(), [seatId]));
    expect(await releaseExpiredHolds(core)).to.equal(0);
    for (const id of reservations) await current().endHold(id, -1);
    expect(await releaseExpiredHolds(core, { max: 3 })).to.equal(3);
    expect(await releaseExpiredHolds(core, { max: 3 })).to.equal(2);
    expect(await messagesOf(firstOf(reservations))).to.deep.equal([
      "reservation.held",
      "reservation.expired",
    ]);
    await expectInvariants(core, { holdBoundMs: 0 });
  });

  it("is listed for its buyer, newest first, page by page", async () => {
    const { core } = current();
    const userId = newUserId();
    const { seatIds } = await makeSale(core, 5);
    const made: number[] = [];
    for (const seatId of seatIds) made.push(await held(core, userId, [seatId]));
    const idsOf = async (page: { limit: number; beforeId?: number }) =>
      (await reservationsOf(core, { userId, ...page })).map((one) => one.id);
    const newest = [...made].reverse();
    expect(await idsOf({ limit: 10 })).to.deep.equal(newest);
    expect(await idsOf({ limit: 2 })).to.deep.equal(newest.slice(0, 2));
    expect(await idsOf({ limit: 2, beforeId: newest[1] ?? 0 })).to.deep.equal(newest.slice(2, 4));
    expect(await reservationsOf(core, { userId: newUserId(), limit: 10 })).to.deep.equal([]);
  });
});
