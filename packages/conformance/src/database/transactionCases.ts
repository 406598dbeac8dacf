import type { CoreContext, TxOrNone } from "@onsale/core";
import {
  DependencyUnavailableError,
  InvalidInputError,
  TransactionContendedError,
} from "@onsale/core";
import { expect } from "chai";
import { answerAtOnce, besideOpen, committed, failureOf } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { charge, chargedUser, entryCount } from "./ledgerActs.ts";
import { message } from "./outboxActs.ts";
import { held, newShow, newUserId, take } from "./show.ts";

/**
 * Cases about transactions: they are atomic, and their writes are visible to others only after the
 * commit.
 */
export function transactionCases(db: DatabaseUnderTest): void {
  describe("a transaction", () => {
    const balanceOf = (core: CoreContext, userId: number): Promise<number> =>
      core.ledger.balanceOf(null, userId);

    it("returns the result of its work, and its writes are then visible to all", async () => {
      const userId = newUserId();
      const answer = { some: "thing" };
      const work = db.core.withTransaction(async (tx) => {
        await charge(userId, 7)(db.core, tx);
        return answer;
      });
      expect(await work).to.equal(answer);
      expect(await balanceOf(db.core, userId)).to.equal(7);
      expect(await balanceOf(db.other, userId)).to.equal(7);
    });

    it("shows its writes only to itself until it commits", async () => {
      const userId = await chargedUser(db.core, 1);
      const seen = ({ ledger }: CoreContext, tx: TxOrNone): Promise<number> =>
        ledger.balanceOf(tx, userId);
      await besideOpen(db.core, async (writer) => {
        await besideOpen(db.other, async (reader) => {
          expect(await reader.act(seen), "before").to.equal(1);
          await writer.act(charge(userId, 9));
          expect(await writer.act(seen), "own change").to.equal(10);
          expect(await seen(db.core, null), "another connection").to.equal(1);
          expect(await reader.act(seen), "another transaction").to.equal(1);
          await writer.end("commit");
          expect(await reader.act(seen), "READ COMMITTED").to.equal(10);
        });
      });
    });

    it("leaves no write visible after a rollback", async () => {
      const userId = newUserId();
      await besideOpen(db.core, async (writer) => {
        await writer.act(charge(userId, 9));
        await writer.end("rollback");
      });
      expect(await balanceOf(db.other, userId)).to.equal(0);
      expect(await entryCount(db.core, userId)).to.equal(0);
    });

    const failures: readonly Error[] = [
      new Error("the work fails"),
      new InvalidInputError("a workflow refuses"),
      // An error that the work itself throws never restarts the transaction.
      new TransactionContendedError(3),
      new DependencyUnavailableError("redis"),
    ];
    for (const failure of failures) {
      it(`rolls back when its work throws ${failure.name}, and throws the same error`, async () => {
        const userId = newUserId();
        let attempts = 0;
        const work = db.core.withTransaction(async (tx) => {
          attempts += 1;
          await charge(userId, 1)(db.core, tx);
          throw failure;
        });
        expect(await failureOf(work)).to.equal(failure);
        expect(attempts).to.equal(1);
        expect(await entryCount(db.core, userId)).to.equal(0);
      });
    }

    it("rolls back its writes in every store", async () => {
      const { core } = db;
      const { seatIds, performanceId } = await newShow(core, 1);
      const reservationId = await core.idAllocator.next("reservation");
      const userId = newUserId();
      const key = { userId, operation: "reserve", key: "k" };
      const appended = message({ bucket: 900 });
      const queueId = `queue-of-${userId}`;
      const { notifications } = core;
      const owedBefore = (await notifications.counts(null)).owed;
      const work = core.withTransaction(async (tx) => {
        await core.idempotency.start(tx, key, "f".repeat(64));
        await take(seatIds, reservationId)(core, tx);
        const seats = seatIds.map((seatId) => ({ seatId, price: 1, seatVersion: 1 }));
        const expiresAt = new Date(core.clock.nowMs() + 60_000);
        const reservation = { id: reservationId, userId, performanceId, amount: 1, expiresAt };
        await core.reservations.insert(tx, { ...reservation, seats });
        await core.payments.insert(tx, { id: reservationId, reservationId, userId, amount: 1 });
        await core.outbox.append(tx, [appended]);
        await core.inbox.record(tx, "rolled-back", appended.messageId);
        await notifications.insert(tx, { messageId: appended.messageId, body: {} });
        const settings = { activeCountMax: 1, admissionRatePerMinute: 1, activeTtlMs: 1 };
        await core.admissions.ensureQueue(tx, queueId, {
          ...settings,
          activationMs: 1,
          mode: "open",
        });
        throw new Error("the work fails");
      });
      await failureOf(work);
      const [seat] = await core.seats.find(null, seatIds);
      expect(seat).to.include({ status: "AVAILABLE", reservationId: undefined, version: 0 });
      expect(await core.reservations.find(null, reservationId)).to.equal(undefined);
      expect(await core.payments.find(null, reservationId)).to.equal(undefined);
      expect(await core.outbox.pending(null, 900, 10)).to.deep.equal([]);
      expect((await notifications.counts(null)).owed).to.equal(owedBefore);
      expect(await core.admissions.findQueue(null, queueId)).to.equal(undefined);
      const again = await committed(core, async ({ idempotency, inbox }, tx) => [
        (await idempotency.start(tx, key, "f".repeat(64))).state,
        await inbox.record(tx, "rolled-back", appended.messageId),
      ]);
      expect(again).to.deep.equal(["started", true]);
    });

    it("does not wait for transactions on other rows", async () => {
      const [one, two] = [await chargedUser(db.core, 1), await chargedUser(db.core, 1)];
      const answer = await answerAtOnce(db, { first: charge(one, 1), second: charge(two, 1) });
      expect(answer.balanceAfter).to.equal(2);
    });

    it("reads rows that another transaction is changing without waiting", async () => {
      const { seatIds } = await newShow(db.core, 1);
      const reservationId = await held(db.core, seatIds);
      const status = await answerAtOnce(db, {
        first: ({ reservations }, tx) => reservations.cancel(tx, reservationId, 1),
        second: async ({ reservations }, tx) =>
          (await reservations.find(tx, reservationId))?.status,
      });
      expect(status).to.equal("PENDING");
    });
  });
}
