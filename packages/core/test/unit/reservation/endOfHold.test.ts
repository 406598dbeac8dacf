import { expect } from "chai";
import { payReservation } from "../../../src/payment/payReservation.ts";
import { cancelReservation } from "../../../src/reservation/cancelReservation.ts";
import { expireHold } from "../../../src/reservation/expireHold.ts";
import { releaseExpiredHolds } from "../../../src/reservation/releaseExpiredHolds.ts";
import { chargedUser, codeOf, failureOf, held, makeSale } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

describe("the workflows that end a hold", () => {
  const current = useMemoryCore();
  let userId: number;
  let seatIds: readonly number[];
  /** One for each seat, in the order in which they expire. */
  let reservationIds: number[];
  beforeEach("holds three seats, a second apart", async () => {
    const { core, clock } = current();
    userId = await chargedUser(core);
    ({ seatIds } = await makeSale(core, 3));
    reservationIds = [];
    for (const seatId of seatIds) {
      reservationIds.push(await held(core, userId, [seatId]));
      clock.pass(1_000);
    }
  });

  const passHold = () => current().clock.pass(current().core.config.hold.ttlMs);
  const first = () => ({ userId, reservationId: reservationIds[0] ?? 0 });
  const statuses = () =>
    Promise.all(
      reservationIds.map(async (id) => (await current().core.reservations.find(null, id))?.status),
    );
  const seatStatuses = async () =>
    (await current().core.seats.find(null, seatIds)).map((seat) => seat.status);
  /** Types and reservations of the messages that the work writes. */
  async function messagesOf(work: () => Promise<unknown>): Promise<(string | number)[][]> {
    const before = (await current().messages()).length;
    await work();
    const messages = (await current().messages()).slice(before);
    return messages.map((message) => [message.type, message.aggregateId, message.aggregateVersion]);
  }

  describe("releaseExpiredHolds", () => {
    it("ends the holds that expired first, up to the maximum, and counts them", async () => {
      const { core, metrics } = current();
      passHold();
      const messages = await messagesOf(async () => {
        expect(await releaseExpiredHolds(core, { max: 2 })).to.equal(2);
      });
      expect(await statuses()).to.deep.equal(["EXPIRED", "EXPIRED", "PENDING"]);
      expect(await seatStatuses()).to.deep.equal(["AVAILABLE", "AVAILABLE", "HELD"]);
      expect(messages).to.deep.equal([
        ["reservation.expired", reservationIds[0], 2],
        ["reservation.expired", reservationIds[1], 2],
      ]);
      expect(metrics.counted("holds_expired_total")).to.equal(2);
    });

    it("does not end holds that are not overdue yet", async () => {
      const { core, clock } = current();
      clock.pass(core.config.hold.ttlMs - 3_000);
      expect(await releaseExpiredHolds(core)).to.equal(1);
      expect(await statuses()).to.deep.equal(["EXPIRED", "PENDING", "PENDING"]);
    });

    it("does not count a hold that ended after it was found overdue", async () => {
      const { core } = current();
      await cancelReservation(core, first());
      passHold();
      const { reservations } = core;
      const staleList = { ...reservations, lockOverdue: async () => reservationIds.slice(0, 2) };
      const messages = await messagesOf(async () => {
        expect(await releaseExpiredHolds({ ...core, reservations: staleList })).to.equal(1);
      });
      expect(await statuses()).to.deep.equal(["CANCELLED", "EXPIRED", "PENDING"]);
      expect(messages).to.deep.equal([["reservation.expired", reservationIds[1], 2]]);
    });

    it("ends each hold once when two processes run it at the same time", async () => {
      const { core, another } = current();
      passHold();
      const messages = await messagesOf(async () => {
        const ended = await Promise.all([core, another()].map((one) => releaseExpiredHolds(one)));
        expect(ended.reduce((sum, count) => sum + count, 0)).to.equal(3);
      });
      expect(messages).to.have.length(3);
      expect(await seatStatuses()).to.deep.equal(["AVAILABLE", "AVAILABLE", "AVAILABLE"]);
    });
  });

  describe("expireHold", () => {
    const expire = (reservationId: number) =>
      current().core.withTransaction((tx) => expireHold(current().core, tx, reservationId));

    it("changes nothing when the hold has ended, even when its seat is held again", async () => {
      const { core } = current();
      await cancelReservation(core, first());
      const newHold = await held(core, userId, seatIds.slice(0, 1));
      passHold();
      const messages = await messagesOf(async () => {
        expect(await expire(first().reservationId)).to.equal(false);
      });
      expect(messages).to.deep.equal([]);
      const [seat] = await core.seats.find(null, seatIds.slice(0, 1));
      expect(seat).to.include({ status: "HELD", reservationId: newHold });
    });
  });

  describe("cancelReservation", () => {
    it("puts the seat on sale again and writes one message", async () => {
      const messages = await messagesOf(() => cancelReservation(current().core, first()));
      expect(await statuses()).to.deep.equal(["CANCELLED", "PENDING", "PENDING"]);
      expect(await seatStatuses()).to.deep.equal(["AVAILABLE", "HELD", "HELD"]);
      expect(messages).to.deep.equal([["reservation.cancelled", reservationIds[0], 2]]);
    });

    it("changes nothing when it is repeated", async () => {
      const { core } = current();
      expect(await cancelReservation(core, first())).to.deep.equal({ replayed: false });
      const messages = await messagesOf(async () => {
        expect(await cancelReservation(core, first())).to.deep.equal({ replayed: true });
      });
      expect(messages).to.deep.equal([]);
      expect(await statuses()).to.deep.equal(["CANCELLED", "PENDING", "PENDING"]);
    });

    it("refuses a reservation that was paid, and keeps its seat sold", async () => {
      const { core } = current();
      await payReservation(core, first());
      const messages = await messagesOf(async () => {
        const failure = await failureOf(cancelReservation(core, first()));
        expect(codeOf(failure)).to.equal("RESERVATION_STATE_CONFLICT");
      });
      expect(messages).to.deep.equal([]);
      expect(await statuses()).to.deep.equal(["CONFIRMED", "PENDING", "PENDING"]);
      expect(await seatStatuses()).to.deep.equal(["SOLD", "HELD", "HELD"]);
    });
  });
});
