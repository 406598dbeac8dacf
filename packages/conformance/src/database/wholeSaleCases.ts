import { type AggregateType, checkInvariants, type EventType } from "@onsale/core";
import { expect } from "chai";
import type { AdapterSet } from "../adapterSet.ts";
import { type Act, committed } from "../transactionRace.ts";
import { useDatabase } from "./databaseUnderTest.ts";
import { message } from "./outboxActs.ts";
import { HOUR_MS, hold, MINUTE_MS, newShow, newUserId } from "./show.ts";

/** Appends the outbox message of a transition. */
const appendEvent =
  (aggregateType: AggregateType, aggregateId: number, aggregateVersion: number, type: EventType) =>
  (...[{ outbox }, tx]: Parameters<Act<void>>): Promise<void> =>
    outbox.append(tx, [message({ aggregateType, aggregateId, aggregateVersion, type })]);

/** Sales from hold to refund through the stores, on a database without other sales. */
export function wholeSaleCases(set: AdapterSet): void {
  describe("a whole sale", () => {
    const db = useDatabase(set);

    const reserve =
      (reservationId: number, seatIds: readonly number[], userId: number): Act<void> =>
      async (core, tx) => {
        await hold({ reservationId, seatIds, userId, holdMs: HOUR_MS })(core, tx);
        await appendEvent("reservation", reservationId, 1, "reservation.held")(core, tx);
      };
    const charge =
      (userId: number, amount: number): Act<void> =>
      async (core, tx) => {
        const entry = { userId, kind: "CHARGE", amount, entryKey: `charge:${userId}` } as const;
        const posted = await core.ledger.post(tx, entry);
        const version = posted?.accountVersion ?? 0;
        await appendEvent("point-account", userId, version, "point-account.charged")(core, tx);
      };
    const pay =
      (reservationId: number, id: number): Act<void> =>
      async (core, tx) => {
        const found = await core.reservations.find(tx, reservationId);
        if (!found) throw new Error("it is held in this case");
        const { userId, amount } = found;
        expect(await core.reservations.confirm(tx, reservationId)).to.equal(true);
        expect(await core.seats.confirm(tx, reservationId)).to.equal(found.seats.length);
        const entryKey = `spend:reservation:${reservationId}`;
        const spend = { userId, kind: "SPEND", amount, entryKey, reservationId } as const;
        const posted = await core.ledger.post(tx, spend);
        await core.payments.insert(tx, { id, reservationId, userId, amount });
        await appendEvent("reservation", reservationId, 2, "reservation.confirmed")(core, tx);
        const version = posted?.accountVersion ?? 0;
        await appendEvent("point-account", userId, version, "point-account.spent")(core, tx);
        await appendEvent("payment", id, 1, "payment.captured")(core, tx);
      };
    const refund =
      (reservationId: number, id: number): Act<void> =>
      async (core, tx) => {
        const payment = await core.payments.find(tx, id);
        if (!payment) throw new Error("it is paid in this case");
        const { userId, amount } = payment;
        expect(await core.payments.refund(tx, id)).to.equal(true);
        expect(await core.reservations.refund(tx, reservationId)).to.equal(true);
        expect(await core.seats.release(tx, reservationId, "SOLD")).to.be.above(0);
        const entryKey = `refund:payment:${id}`;
        const entry = { userId, kind: "REFUND", amount, entryKey, reservationId } as const;
        const posted = await core.ledger.post(tx, entry);
        await appendEvent("reservation", reservationId, 3, "reservation.refunded")(core, tx);
        const version = posted?.accountVersion ?? 0;
        await appendEvent("point-account", userId, version, "point-account.refunded")(core, tx);
        await appendEvent("payment", id, 2, "payment.refunded")(core, tx);
      };
    const expire =
      (reservationId: number): Act<void> =>
      async (core, tx) => {
        expect(await core.reservations.expire(tx, reservationId)).to.equal(true);
        await core.seats.release(tx, reservationId, "HELD");
        await appendEvent("reservation", reservationId, 2, "reservation.expired")(core, tx);
      };

    it("keeps all invariants after sale, refund and expiry", async () => {
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
