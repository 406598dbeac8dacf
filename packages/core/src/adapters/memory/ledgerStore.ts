import assert from "node:assert/strict";
import type { LedgerEntry, LedgerStore, NewLedgerEntry } from "../../ports/ledgerStore.ts";
import type { Tx } from "../../ports/transaction.ts";
import { POINTS_MAX } from "../../shared/points.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import type { PointEntryRow } from "./database/rows.ts";
import { dateOf } from "./times.ts";

/** Point accounts and their entries in memory. */
export function memoryLedgerStore(db: MemoryDb): LedgerStore {
  const { pointAccounts, pointEntries } = db.tables;
  return {
    async post(tx, entry) {
      const { userId, kind, amount, entryKey, reservationId = null } = entry;
      let moved = await moveBalance(db, tx, "ledger.post:update", entry);
      if (moved === 0 && kind !== "SPEND") {
        await db.run(tx, "ledger.post:open", (s) => {
          const account = { userId, balance: 0, version: 0, updatedAtUs: s.nowUs };
          return s.insert(pointAccounts, account, "ignore");
        });
        moved = await moveBalance(db, tx, "ledger.post:updateOpened", entry);
      }
      if (moved === 0) return undefined;
      const account = await db.run(tx, "ledger.post:account", (s) => s.find(pointAccounts, userId));
      assert(account, `the account of user ${userId} was changed in this transaction`);
      const posted = { balanceAfter: account.balance, accountVersion: account.version };
      await db.run(tx, "ledger.post:entry", (s) =>
        s.insert(pointEntries, {
          id: pointEntries.nextId(),
          userId,
          kind,
          amount,
          ...posted,
          entryKey,
          reservationId,
          createdAtUs: s.nowUs,
        }),
      );
      return posted;
    },

    balanceOf: (tx, userId) =>
      db.run(tx, "ledger.balanceOf", (s) => s.find(pointAccounts, userId)?.balance ?? 0),

    entriesOf: (tx, userId, { beforeId = Number.MAX_SAFE_INTEGER, limit }) =>
      db.run(tx, "ledger.entriesOf", (s) =>
        s
          .where(pointEntries, "user", userId)
          .filter(({ id }) => id < beforeId)
          .sort((a, b) => b.id - a.id)
          .slice(0, limit)
          .map(present),
      ),
  };
}

/** Moves the balance if it stays between zero and `POINTS_MAX`; answers how many it moved. */
function moveBalance(
  db: MemoryDb,
  tx: Tx,
  point: string,
  { userId, kind, amount }: NewLedgerEntry,
): Promise<number> {
  const { pointAccounts } = db.tables;
  const change = kind === "SPEND" ? -amount : amount;
  return db.run(tx, point, (s) =>
    s.update(
      pointAccounts,
      pointAccounts.of([userId]),
      ({ balance }) => (kind === "SPEND" ? balance >= amount : balance <= POINTS_MAX - amount),
      (account) => ({
        ...account,
        balance: account.balance + change,
        version: account.version + 1,
        updatedAtUs: s.nowUs,
      }),
    ),
  );
}

function present(row: PointEntryRow): LedgerEntry {
  const { createdAtUs, reservationId, ...entry } = row;
  return {
    ...entry,
    reservationId: reservationId ?? undefined,
    createdAt: dateOf(createdAtUs),
  };
}
