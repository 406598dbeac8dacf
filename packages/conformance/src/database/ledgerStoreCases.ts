import { POINTS_MAX } from "@onsale/core";
import { expect } from "chai";
import { answerAfterWaiting, committed, ENDS, failureOf } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { charge, chargedUser, entryCount, newEntryKey, post } from "./ledgerActs.ts";
import { MINUTE_MS, newUserId } from "./show.ts";

/** Cases about charges, spends and refunds of point accounts. */
export function ledgerStoreCases(db: DatabaseUnderTest): void {
  describe("a point account in the database", () => {
    const balanceOf = (userId: number): Promise<number> => db.other.ledger.balanceOf(null, userId);

    it("is empty before the first charge", async () => {
      const userId = newUserId();
      expect(await balanceOf(userId)).to.equal(0);
      expect(await db.core.ledger.entriesOf(null, userId, { limit: 10 })).to.deep.equal([]);
    });

    it("adds charges and refunds, subtracts spends, and counts its versions from 1", async () => {
      const userId = newUserId();
      const steps = [
        await committed(db.core, post("CHARGE", userId, 30)),
        await committed(db.other, post("SPEND", userId, 10)),
        await committed(db.core, post("REFUND", userId, 4)),
        await committed(db.core, post("SPEND", userId, 24)),
      ];
      expect(steps).to.deep.equal([
        { balanceAfter: 30, accountVersion: 1 },
        { balanceAfter: 20, accountVersion: 2 },
        { balanceAfter: 24, accountVersion: 3 },
        { balanceAfter: 0, accountVersion: 4 },
      ]);
      expect(await balanceOf(userId)).to.equal(0);
    });

    it("is restored only under its balance and its version, without an entry", async () => {
      const [userId, other] = [newUserId(), newUserId()];
      for (const id of [userId, other]) await committed(db.core, post("CHARGE", id, 30));
      const restore = (from: number, version: number) =>
        committed(db.core, ({ ledger }, tx) =>
          ledger.restoreBalance(tx, userId, { from, to: 20, version }),
        );
      expect([await restore(29, 1), await restore(30, 2)]).to.deep.equal([false, false]);
      expect(await balanceOf(userId)).to.equal(30);
      expect(await restore(30, 1)).to.equal(true);
      expect(await db.other.ledger.findAccount(null, userId)).to.deep.equal({
        ...{ balance: 20, version: 1 },
      });
      expect(await balanceOf(other), "another user").to.equal(30);
      expect(await db.other.ledger.entriesOf(null, userId, { limit: 10 })).to.have.length(1);
    });

    it("is opened by a refund too, but not by a spend", async () => {
      const [one, two] = [newUserId(), newUserId()];
      expect(await committed(db.core, post("SPEND", one, 1))).to.equal(undefined);
      const opened = { balanceAfter: 1, accountVersion: 1 };
      expect(await committed(db.core, post("REFUND", two, 1))).to.deep.equal(opened);
      expect(await committed(db.core, post("CHARGE", one, 1))).to.deep.equal(opened);
    });

    it("never falls below zero: a spend beyond the balance changes nothing", async () => {
      const userId = await chargedUser(db.core, 10);
      expect(await committed(db.core, post("SPEND", userId, 11))).to.equal(undefined);
      expect(await balanceOf(userId)).to.equal(10);
      expect(await entryCount(db.core, userId)).to.equal(1);
      const spent = await committed(db.core, post("SPEND", userId, 10));
      expect(spent).to.deep.equal({ balanceAfter: 0, accountVersion: 2 });
    });

    it("never exceeds the largest exact balance: such a charge changes nothing", async () => {
      const userId = await chargedUser(db.core, POINTS_MAX - 5);
      for (const kind of ["CHARGE", "REFUND", "ADJUST_CREDIT"] as const) {
        expect(await committed(db.core, post(kind, userId, 6))).to.equal(undefined);
      }
      expect(await balanceOf(userId)).to.equal(POINTS_MAX - 5);
      const full = await committed(db.core, post("CHARGE", userId, 5));
      expect(full).to.deep.equal({ balanceAfter: POINTS_MAX, accountVersion: 2 });
      expect(await committed(db.core, post("CHARGE", userId, 1))).to.equal(undefined);
      const spent = await committed(db.core, post("SPEND", userId, POINTS_MAX));
      expect(spent).to.deep.equal({ balanceAfter: 0, accountVersion: 3 });
      const [entry] = await db.core.ledger.entriesOf(null, userId, { limit: 1 });
      expect(entry).to.include({ kind: "SPEND", amount: POINTS_MAX, balanceAfter: 0 });
    });

    it("is adjusted up and down, but not below zero, and a credit opens it", async () => {
      const userId = newUserId();
      expect(await committed(db.core, post("ADJUST_DEBIT", userId, 1))).to.equal(undefined);
      const steps = [
        await committed(db.core, post("ADJUST_CREDIT", userId, 30)),
        await committed(db.other, post("ADJUST_DEBIT", userId, 31)),
        await committed(db.other, post("ADJUST_DEBIT", userId, 30)),
      ];
      expect(steps).to.deep.equal([
        { balanceAfter: 30, accountVersion: 1 },
        undefined,
        { balanceAfter: 0, accountVersion: 2 },
      ]);
    });

    it("is found with its balance and version, and an entry by its key", async () => {
      const userId = newUserId();
      expect(await db.core.ledger.findAccount(null, userId)).to.equal(undefined);
      const entryKey = newEntryKey();
      expect(await db.core.ledger.findEntry(null, entryKey)).to.equal(undefined);
      const adjusted = {
        userId,
        kind: "ADJUST_CREDIT",
        amount: 5,
        entryKey,
        adjustAudit: 9,
      } as const;
      await db.core.withTransaction(async (tx) => {
        await db.core.ledger.post(tx, adjusted);
        expect(await db.core.ledger.findEntry(tx, entryKey)).to.include(adjusted);
        expect(await db.other.ledger.findEntry(null, entryKey)).to.equal(undefined);
      });
      const found = await db.other.ledger.findEntry(null, entryKey);
      expect(found).to.include({ ...adjusted, balanceAfter: 5, accountVersion: 1 });
      const account = await db.other.ledger.findAccount(null, userId);
      expect(account).to.deep.equal({ balance: 5, version: 1 });
    });

    it("accepts an entry key once, over all users", async () => {
      const [one, two] = [newUserId(), newUserId()];
      const entryKey = newEntryKey();
      const entryOf = (userId: number) =>
        committed(db.core, ({ ledger }, tx) =>
          ledger.post(tx, { userId, kind: "CHARGE", amount: 5, entryKey }),
        );
      await entryOf(one);
      for (const userId of [one, two]) {
        expect(await failureOf(entryOf(userId))).to.be.instanceOf(Error);
      }
      expect(await balanceOf(one)).to.equal(5);
      expect(await balanceOf(two)).to.equal(0);
    });

    it("has versions without a gap after a rollback", async () => {
      const userId = await chargedUser(db.core, 1);
      const undone = db.core.withTransaction(async (tx) => {
        await charge(userId, 1)(db.core, tx);
        throw new Error("the work fails");
      });
      await failureOf(undone);
      expect((await committed(db.core, charge(userId, 1))).accountVersion).to.equal(2);
    });

    it("shows its history newest first, page by page", async () => {
      const userId = newUserId();
      for (const amount of [1, 2, 3, 4]) await committed(db.core, charge(userId, amount));
      await chargedUser(db.core, 9);
      const amountsOf = async (page: { limit: number; beforeId?: number }): Promise<number[]> => {
        const entries = await db.other.ledger.entriesOf(null, userId, page);
        return entries.map(({ amount }) => amount);
      };
      expect(await amountsOf({ limit: 10 })).to.deep.equal([4, 3, 2, 1]);
      expect(await amountsOf({ limit: 3 })).to.deep.equal([4, 3, 2]);
      expect(await amountsOf({ limit: 0 })).to.deep.equal([]);
      const entries = await db.other.ledger.entriesOf(null, userId, { limit: 10 });
      const [, , second, first] = entries;
      expect(await amountsOf({ limit: 10, beforeId: second?.id ?? 0 })).to.deep.equal([1]);
      expect(await amountsOf({ limit: 10, beforeId: first?.id ?? 0 })).to.deep.equal([]);
      expect(entries.map((entry) => entry.accountVersion)).to.deep.equal([4, 3, 2, 1]);
    });

    it("has entries with all fields, including the reservation if there is one", async () => {
      const userId = newUserId();
      const entry = { userId, kind: "REFUND", amount: 3 } as const;
      for (const reservationId of [undefined, 77]) {
        await committed(db.core, ({ ledger }, tx) =>
          ledger.post(tx, { ...entry, entryKey: newEntryKey(), reservationId }),
        );
      }
      const [newest, oldest] = await db.core.ledger.entriesOf(null, userId, { limit: 2 });
      expect(newest).to.deep.include({ ...entry, balanceAfter: 6, reservationId: 77 });
      expect(oldest).to.deep.include({ ...entry, balanceAfter: 3, reservationId: undefined });
      const ageMs = db.core.clock.nowMs() - (newest?.createdAt.getTime() ?? 0);
      expect(ageMs).to.be.within(-MINUTE_MS, MINUTE_MS);
    });

    it("shows uncommitted entries only to their own transaction", async () => {
      const userId = newUserId();
      await db.core.withTransaction(async (tx) => {
        await charge(userId, 3)(db.core, tx);
        expect(await db.core.ledger.balanceOf(tx, userId)).to.equal(3);
        expect(await db.core.ledger.entriesOf(tx, userId, { limit: 9 })).to.have.length(1);
        expect(await balanceOf(userId)).to.equal(0);
      });
      expect(await balanceOf(userId)).to.equal(3);
    });
  });

  describe("a race for a point account", () => {
    for (const end of ENDS) {
      it(`between two spends uses the balance after the ${end} of the first`, async () => {
        const userId = await chargedUser(db.core, 10);
        const second = await answerAfterWaiting(db, {
          first: post("SPEND", userId, 6),
          end,
          second: post("SPEND", userId, 5),
        });
        const posted = { balanceAfter: 5, accountVersion: 2 };
        expect(second).to.deep.equal(end === "commit" ? undefined : posted);
      });

      it(`between a charge and a spend that needs it is decided by the first ${end}`, async () => {
        const userId = await chargedUser(db.core, 1);
        const second = await answerAfterWaiting(db, {
          first: charge(userId, 4),
          end,
          second: post("SPEND", userId, 5),
        });
        const posted = { balanceAfter: 0, accountVersion: 3 };
        expect(second).to.deep.equal(end === "commit" ? posted : undefined);
      });

      it(`between two first charges opens it once after the ${end} of the first`, async () => {
        const userId = newUserId();
        const second = await answerAfterWaiting(db, {
          first: charge(userId, 4),
          end,
          second: charge(userId, 5),
        });
        const before = end === "commit" ? 1 : 0;
        expect(second).to.deep.equal({
          balanceAfter: 4 * before + 5,
          accountVersion: before + 1,
        });
      });

      it(`for an entry key is decided by the ${end} of the first`, async () => {
        const entryKey = newEntryKey();
        const [one, two] = [newUserId(), newUserId()];
        const race = answerAfterWaiting(db, {
          first: ({ ledger }, tx) =>
            ledger.post(tx, { userId: one, kind: "CHARGE", amount: 5, entryKey }),
          end,
          second: ({ ledger }, tx) =>
            ledger.post(tx, { userId: two, kind: "CHARGE", amount: 5, entryKey }),
        });
        if (end === "rollback") await race;
        else expect(await failureOf(race)).to.be.instanceOf(Error);
        expect(await db.core.ledger.balanceOf(null, two)).to.equal(end === "commit" ? 0 : 5);
      });
    }

    it("counts each of 20 parallel charges, even when they open the account", async () => {
      const userId = newUserId();
      const cores = Array.from({ length: 20 }, (_unused, i) => (i % 2 ? db.core : db.other));
      const posted = await Promise.all(cores.map((core) => committed(core, charge(userId, 3))));
      const versions = posted.map(({ accountVersion }) => accountVersion).sort((a, b) => a - b);
      expect(versions).to.deep.equal(Array.from({ length: 20 }, (_unused, i) => i + 1));
      expect(await db.core.ledger.balanceOf(null, userId)).to.equal(60);
    });
  });
}
