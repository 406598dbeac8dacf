import { expect } from "chai";
import { answerAfterWaiting, besideOpen, committed, ENDS, failureOf } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { charge, chargedUser, entryCount } from "./ledgerActs.ts";
import { newUserId } from "./show.ts";

/** Cases about transactions that wait for row locks, and about waits that fail. */
export function lockCases(db: DatabaseUnderTest): void {
  describe("a contested row", () => {
    for (const end of ENDS) {
      it(`is locked by a waiting transaction after the ${end} of its owner`, async () => {
        const userId = await chargedUser(db.core, 10);
        const posted = await answerAfterWaiting(db, {
          first: charge(userId, 5),
          end,
          second: charge(userId, 1),
        });
        const balanceAfter = end === "commit" ? 16 : 11;
        const accountVersion = end === "commit" ? 3 : 2;
        expect(posted).to.deep.equal({ balanceAfter, accountVersion });
        expect(await db.other.ledger.balanceOf(null, userId)).to.equal(balanceAfter);
      });
    }

    it("is locked by all waiting transactions, one after the other", async () => {
      const userId = await chargedUser(db.core, 1);
      const versions = await besideOpen(db.core, async (holder) => {
        await holder.act(charge(userId, 1));
        const waiting = [db.core, db.other, db.core, db.other].map((core) =>
          committed(core, charge(userId, 1)),
        );
        await holder.end("commit");
        return Promise.all(waiting);
      });
      expect(versions.map((posted) => posted.accountVersion).sort()).to.deep.equal([3, 4, 5, 6]);
      expect(await db.core.ledger.balanceOf(null, userId)).to.equal(6);
    });

    for (const partyCount of [2, 3]) {
      it(`is locked by each of ${partyCount} transactions in turn after a deadlock`, async () => {
        const rows: number[] = [];
        const marks: number[] = [];
        while (rows.length < partyCount) {
          rows.push(await chargedUser(db.core, 1));
          marks.push(newUserId());
        }
        const allHold = Promise.withResolvers<void>();
        let holding = 0;
        let attempts = 0;
        const parties = marks.map((mark, party) => {
          const core = party % 2 === 0 ? db.core : db.other;
          return core.withTransaction(async (tx) => {
            attempts += 1;
            await charge(mark, 1)(core, tx);
            await charge(rows[party] ?? 0, 1)(core, tx);
            holding += 1;
            if (holding === partyCount) allHold.resolve();
            await allHold.promise;
            await charge(rows[(party + 1) % partyCount] ?? 0, 1)(core, tx);
          });
        });
        await Promise.all(parties);
        expect(attempts).to.be.above(partyCount);
        for (const mark of marks) expect(await entryCount(db.core, mark)).to.equal(1);
        for (const row of rows) expect(await db.core.ledger.balanceOf(null, row)).to.equal(3);
      });
    }

    it("keeps no change of an attempt whose wait for the lock timed out", async () => {
      const [userId, mark] = [await chargedUser(db.core, 1), newUserId()];
      let attempts = 0;
      await besideOpen(db.core, async (holder) => {
        await holder.act(charge(userId, 1));
        await db.other.withTransaction(async (tx) => {
          attempts += 1;
          if (attempts === 2) await holder.end("commit");
          await charge(mark, attempts)(db.other, tx);
          await charge(userId, 1)(db.other, tx);
        });
      });
      expect(attempts).to.equal(2);
      const entries = await db.core.ledger.entriesOf(null, mark, { limit: 10 });
      expect(entries.map(({ amount }) => amount)).to.deep.equal([2]);
      expect(await db.core.ledger.balanceOf(null, userId)).to.equal(3);
    }).timeout(15_000);

    it("causes a retryable error when its lock is never released", async () => {
      const [userId, mark] = [await chargedUser(db.core, 1), newUserId()];
      let attempts = 0;
      const failure = await besideOpen(db.core, async (holder) => {
        await holder.act(charge(userId, 1));
        const work = db.other.withTransaction(async (tx) => {
          attempts += 1;
          await charge(mark, 1)(db.other, tx);
          await charge(userId, 1)(db.other, tx);
        });
        return failureOf(work);
      });
      expect(failure).to.include({ code: "TRANSACTION_CONTENDED", retryable: true });
      expect(failure).to.deep.include({ details: { attempts } });
      expect(attempts).to.be.within(2, 10);
      expect(await entryCount(db.core, mark)).to.equal(0);
      expect(await db.core.ledger.balanceOf(null, userId)).to.equal(1);
    }).timeout(20_000);
  });
}
