import type { LedgerEntry, LedgerEntryKind, LedgerStore } from "../../ports/ledgerStore.ts";
import { POINTS_MAX } from "../../shared/points.ts";
import { orUndefined, toInteger } from "./convert.ts";
import type { Database } from "./database.ts";

const ADD = `
  UPDATE point_accounts SET balance = balance + :amount, version = version + 1
   WHERE user_id = :userId AND balance <= :max - :amount`;
const SUBTRACT = `
  UPDATE point_accounts SET balance = balance - :amount, version = version + 1
   WHERE user_id = :userId AND balance >= :amount`;
const OPEN = "INSERT IGNORE INTO point_accounts (user_id, balance, version) VALUES (:userId, 0, 0)";
const ACCOUNT = "SELECT balance, version FROM point_accounts WHERE user_id = :userId";
const INSERT_ENTRY = `
  INSERT INTO point_entries
         (user_id, kind, amount, balance_after, account_version, entry_key, reservation_id)
  VALUES (:userId, :kind, :amount, :balance, :version, :entryKey, :reservationId)`;
const ENTRIES = `
  SELECT id, user_id AS userId, kind, amount, balance_after AS balanceAfter,
         account_version AS accountVersion, reservation_id AS reservationId, created_at AS createdAt
    FROM point_entries
   WHERE user_id = :userId AND id < :beforeId ORDER BY id DESC LIMIT :limit`;

interface EntryRow {
  id: number;
  userId: number;
  kind: LedgerEntryKind;
  amount: number;
  balanceAfter: number;
  accountVersion: number;
  reservationId: number | null;
  createdAt: Date;
}

export function mysqlLedgerStore(db: Database): LedgerStore {
  return {
    async post(tx, entry) {
      const { userId, amount } = entry;
      const subtracts = entry.kind === "SPEND";
      const values = subtracts ? { userId, amount } : { userId, amount, max: POINTS_MAX };
      const statement = subtracts ? SUBTRACT : ADD;
      let moved = await db.change(tx, statement, values);
      if (moved === 0 && !subtracts) {
        await db.change(tx, OPEN, { userId });
        moved = await db.change(tx, statement, values);
      }
      if (moved === 0) return undefined;
      const [account] = await db.select<{ balance: number; version: number }>(tx, ACCOUNT, {
        userId,
      });
      const balance = toInteger(account?.balance ?? null);
      const version = toInteger(account?.version ?? null);
      await db.change(tx, INSERT_ENTRY, {
        userId,
        kind: entry.kind,
        amount,
        balance,
        version,
        entryKey: entry.entryKey,
        reservationId: entry.reservationId ?? null,
      });
      return { balanceAfter: balance, accountVersion: version };
    },
    async balanceOf(tx, userId) {
      const [account] = await db.select<{ balance: number }>(tx, ACCOUNT, { userId });
      return toInteger(account?.balance ?? null);
    },
    async entriesOf(tx, userId, { beforeId = Number.MAX_SAFE_INTEGER, limit }) {
      const rows = await db.select<EntryRow>(tx, ENTRIES, { userId, beforeId, limit });
      return rows.map(
        (row): LedgerEntry => ({
          ...row,
          amount: toInteger(row.amount),
          balanceAfter: toInteger(row.balanceAfter),
          reservationId: orUndefined(row.reservationId),
        }),
      );
    },
  };
}
