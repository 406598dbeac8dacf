import {
  checkInvariants,
  type EventType,
  type NewLedgerEntry,
  type OnsaleEvent,
} from "@onsale/core";
import { factsOf, paymentEvent, pointEvent, reservationEvent } from "@onsale/core/testing";
import { expect } from "chai";
import type { AdapterSet } from "../adapterSet.ts";
import { type Act, committed } from "../transactionRace.ts";
import { useDatabase } from "./databaseUnderTest.ts";
import { message } from "./outboxActs.ts";
import { HOUR_MS, hold, MINUTE_MS, newShow, newUserId } from "./show.ts";

/** Appends the outbox message of a transition. */
const appendEvent =
  (event: OnsaleEvent): Act<void> =>
  ({ outbox }, tx) =>
    outbox.append(tx, [message(event)]);

type ReservationEventType = Extract<EventType, `reservation.${string}`>;

/** Appends the message of a step of the stored reservation. */
const appendStep =
  (type: ReservationEventType, version: number, reservationId: number): Act<void> =>
  async (core, tx) => {
    const stored = await core.reservations.find(tx, reservationId);
    if (!stored) throw new Error("the reservation does not exist");
    await appendEvent(reservationEvent(type, version, factsOf(stored)))(core, tx);
  };

/** Posts a ledger entry and appends its message. */
const post =
  (type: Extract<EventType, `point-account.${string}`>, entry: NewLedgerEntry): Act<void> =>
  async (core, tx) => {
    const posted = await core.ledger.post(tx, entry);
    if (!posted) throw new Error("the balance does not allow this ledger entry");
    await appendEvent(pointEvent(type, entry.userId, entry.amount, posted))(core, tx);
  };

/**
 * Cases about whole sales, from hold to refund, through the stores, on a database without other
 * sales.
 */
export function wholeSaleCases(set: AdapterSet): void {
  describe("a whole sale", () => {
    const db = useDatabase(set);

    const reserve =
      (reservationId: number, seatIds: readonly number[], userId: number): Act<void> =>
      async (core, tx) => {
        await hold({ reservationId, seatIds, userId, holdMs: HOUR_MS })(core, tx);
        await appendStep("reservation.held", 1, reservationId)(core, tx);
      };
    const charge =
      (userId: number, amount: number): Act<void> =>
      async (core, tx) => {
        const entry = { userId, kind: "CHARGE", amount, entryKey: `charge:${userId}` } as const;
        await post("point-account.charged", entry)(core, tx);
      };
    const pay =
      (reservationId: number, id: number): Act<void> =>
      async (core, tx) => {
        const found = await core.reservations.find(tx, reservationId);
        if (!found) throw new Error("the reservation does not exist");
        const { userId, amount } = found;
        expect(await core.reservations.confirm(tx, reservationId, found.version)).to.equal(true);
        expect(await core.seats.confirm(tx, reservationId, found.seats.length)).to.equal(
          found.seats.length,
        );
        const entryKey = `spend:reservation:${reservationId}`;
        const spend = { userId, kind: "SPEND", amount, entryKey, reservationId } as const;
        const payment = { id, reservationId, userId, amount };
        await core.payments.insert(tx, payment);
        await appendStep("reservation.confirmed", 2, reservationId)(core, tx);
        await post("point-account.spent", spend)(core, tx);
        await appendEvent(paymentEvent("payment.captured", 1, payment))(core, tx);
      };
    const refund =
      (reservationId: number, id: number): Act<void> =>
      async (core, tx) => {
        const payment = await core.payments.find(tx, id);
        if (!payment) throw new Error("the payment does not exist");
        const { userId, amount } = payment;
        expect(await core.payments.refund(tx, id, payment.version)).to.equal(true);
        expect(await core.reservations.refund(tx, reservationId, 2)).to.equal(true);
        expect(await core.seats.release(tx, reservationId, "SOLD")).to.be.above(0);
        const entryKey = `refund:payment:${id}`;
        const entry = { userId, kind: "REFUND", amount, entryKey, reservationId } as const;
        await appendStep("reservation.refunded", 3, reservationId)(core, tx);
        await post("point-account.refunded", entry)(core, tx);
        await appendEvent(paymentEvent("payment.refunded", 2, payment))(core, tx);
      };
    const expire =
      (reservationId: number): Act<void> =>
      async (core, tx) => {
        expect(await core.reservations.expire(tx, reservationId)).to.equal(true);
        await core.seats.release(tx, reservationId, "HELD");
        await appendStep("reservation.expired", 2, reservationId)(core, tx);
      };

    it("keeps all invariants after payment, refund and expiry", async () => {
      const { core, other } = db;
      const { seatIds } = await newShow(core, 4, { price: 70 });
      const acknowledged = {
        reservationIds: [] as number[],
        paymentIds: [] as number[],
      };
      const chargedByUser = new Map<number, number>();
      for (const [index, seatId] of seatIds.entries()) {
        const userId = newUserId();
        const reservationId = await core.idAllocator.next("reservation");
        const paymentId = await core.idAllocator.next("payment");
        await committed(core, charge(userId, 100));
        await committed(other, reserve(reservationId, [seatId], userId));
        chargedByUser.set(userId, 100);
        acknowledged.reservationIds.push(reservationId);
        if (index === 3) continue;
        await committed(core, pay(reservationId, paymentId));
        acknowledged.paymentIds.push(paymentId);
        if (index === 2) await committed(other, refund(reservationId, paymentId));
      }
      await db.passTime(HOUR_MS + MINUTE_MS);
      await committed(core, expire(acknowledged.reservationIds[3] ?? 0));
      const report = await checkInvariants(core, {
        acknowledged: { ...acknowledged, chargedByUser },
        holdBoundMs: 0,
        ids: ["I1", "I2", "I3", "I4", "I5", "I9", "I10"],
      });
      expect(report.results).to.have.length(7);
      for (const { id, rowsRead, violations } of report.results) {
        expect(violations, id).to.deep.equal([]);
        expect(rowsRead, id).to.be.above(0);
      }
      const seats = await core.seats.find(null, seatIds);
      const statuses = seats.map((seat) => seat.status);
      expect(statuses).to.deep.equal(["SOLD", "SOLD", "AVAILABLE", "AVAILABLE"]);
    });
  });
}
