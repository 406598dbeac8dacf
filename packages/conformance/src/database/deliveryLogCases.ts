import { type NotificationRecord, systemIds } from "@onsale/core";
import { expect } from "chai";
import { committed } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, lastTaken, MINUTE_MS } from "./show.ts";

let reservations = 900_000;

/** Cases about the log of deliveries. */
export function deliveryLogCases(db: DatabaseUnderTest): void {
  describe("the delivery log in the database", () => {
    /** A reservation that no other case has, with two notifications. */
    async function newReservation(): Promise<number> {
      reservations += 1;
      const reservationId = reservations;
      for (const type of ["reservation.held", "reservation.confirmed"]) {
        const body = { type, traceparent: "00-0-0-01" };
        await committed(db.core, ({ notifications }, tx) =>
          notifications.insert(tx, { messageId: systemIds.uuid(), body, reservationId }),
        );
      }
      return reservationId;
    }
    const list = (reservationId: number): Promise<readonly NotificationRecord[]> =>
      db.other.deliveryLog.list(null, { reservationId }, { max: 10 });

    it("lists the notifications of a reservation, newest first, in pages", async () => {
      const reservationId = await newReservation();
      const found = await list(reservationId);
      expect(found.map(({ type }) => type)).to.deep.equal([
        "reservation.confirmed",
        "reservation.held",
      ]);
      const [newest, oldest] = found;
      expect(newest).to.deep.include({ reservationId, status: "OWED", attempts: 0 });
      expect(newest?.body, "without the trace").to.deep.equal({ type: "reservation.confirmed" });
      expect(newest?.deliveredAt).to.equal(undefined);
      const page = { beforeId: newest?.id, max: 1 };
      expect(await db.core.deliveryLog.list(null, { reservationId }, page)).to.deep.equal([oldest]);
    });

    it("finds a notification by its message and by its state", async () => {
      const reservationId = await newReservation();
      const [newest, oldest] = await list(reservationId);
      await db.core.notifications.markDelivered(null, [oldest?.id ?? 0]);
      const { deliveryLog } = db.core;
      const messageId = newest?.messageId ?? "";
      expect(await deliveryLog.list(null, { messageId }, { max: 9 })).to.deep.equal([newest]);
      const other = { messageId: "\u{1F3AB}" };
      expect(await deliveryLog.list(null, other, { max: 9 }), "no id").to.deep.equal([]);
      const delivered = { reservationId, status: "DELIVERED" } as const;
      const [one] = await deliveryLog.list(null, delivered, { max: 9 });
      expect(one).to.include({ id: oldest?.id, attempts: 1 });
      expect(one?.deliveredAt).to.be.instanceOf(Date);
      expect(await deliveryLog.countEnded(null, { reservationId })).to.equal(1);
    });

    it("has each attempt, oldest first", async () => {
      const [newest] = await list(await newReservation());
      const notificationId = newest?.id ?? 0;
      const { deliveryLog } = db.core;
      await deliveryLog.record(null, []);
      await deliveryLog.record(null, [
        { notificationId, durationMs: 12.6, error: "표".repeat(1_000) },
        { notificationId: notificationId + 1_000_000, durationMs: 1, error: undefined },
      ]);
      await deliveryLog.record(null, [{ notificationId, durationMs: 0, error: undefined }]);
      const attempts = await db.other.deliveryLog.deliveries(null, notificationId, 10);
      expect(attempts.map(({ durationMs, error }) => [durationMs, error])).to.deep.equal([
        [13, "표".repeat(500)],
        [0, undefined],
      ]);
      expect(await deliveryLog.deliveries(null, notificationId, 1)).to.have.length(1);
    });

    it("repeats ended notifications, lowest ids first, and leaves the others alone", async () => {
      const reservationId = await newReservation();
      const [newest, oldest] = await list(reservationId);
      const { notifications } = db.core;
      const repeat = (afterId: number, max: number) =>
        committed(db.core, ({ deliveryLog }, tx) =>
          deliveryLog.repeat(tx, { reservationId }, { afterId, max }),
        );
      expect(await repeat(0, 10), "none has ended").to.deep.equal([]);
      await notifications.markDelivered(null, [oldest?.id ?? 0]);
      await notifications.markFailed(null, lastTaken(newest?.id ?? 0), {
        ...{ error: "410", retryInMs: HOUR_MS, dead: true },
      });
      expect(await repeat(0, 1)).to.deep.equal([oldest?.id]);
      expect(await repeat(oldest?.id ?? 0, 10)).to.deep.equal([newest?.id]);
      for (const one of await list(reservationId)) {
        expect(one).to.include({ status: "OWED", attempts: 0, lastError: undefined });
        expect(one.deliveredAt).to.equal(undefined);
      }
    });

    it("repeats only the notifications that every condition selects", async () => {
      const [newest, oldest] = await list(await newReservation());
      const ids = [newest?.id ?? 0, oldest?.id ?? 0];
      await db.core.notifications.markDelivered(null, ids);
      const { messageId = "", reservationId } = newest ?? {};
      const repeat = (selection: Parameters<typeof db.core.deliveryLog.countEnded>[1]) =>
        committed(db.core, ({ deliveryLog }, tx) =>
          deliveryLog.repeat(tx, selection, { afterId: 0, max: 10 }),
        );
      expect(await repeat({ reservationId, status: "DEAD" })).to.deep.equal([]);
      expect(await repeat({ reservationId, messageId })).to.deep.equal([newest?.id]);
      expect(await db.core.deliveryLog.countEnded(null, { reservationId })).to.equal(1);
    });

    it("repeats pages in the order of the ids", async () => {
      const reservationId = await newReservation();
      const ids = (await list(reservationId)).map(({ id }) => id).sort((a, b) => a - b);
      await db.core.notifications.markDelivered(null, ids);
      const repeat = (afterId: number) =>
        committed(db.core, ({ deliveryLog }, tx) =>
          deliveryLog.repeat(tx, { reservationId }, { afterId, max: 1 }),
        );
      expect(await repeat(ids[0] ?? 0)).to.deep.equal([ids[1]]);
      expect(await repeat(0)).to.deep.equal([ids[0]]);
    });

    it("forgets old attempts in batches", async () => {
      const [newest] = await list(await newReservation());
      const notificationId = newest?.id ?? 0;
      const clean = (ageMs: number, max: number) =>
        committed(db.core, ({ deliveryLog }, tx) => deliveryLog.cleanUp(tx, ageMs, max));
      await db.passTime(24 * HOUR_MS);
      await clean(0, 1_000);
      const attempt = { notificationId, durationMs: 1, error: undefined };
      await db.core.deliveryLog.record(null, [attempt, attempt, attempt]);
      expect(await clean(HOUR_MS, 10)).to.equal(0);
      await db.passTime(HOUR_MS + MINUTE_MS);
      expect([await clean(HOUR_MS, 2), await clean(HOUR_MS, 2)]).to.deep.equal([2, 1]);
    });
  });
}
