import type { LedgerStore } from "../../ports/ledgerStore.ts";
import { POINTS_MAX } from "../../shared/points.ts";
import type { Database } from "./database.ts";
import { query, type Sql, sql } from "./statement.ts";

const ADD = sql(
  "ledger.post:add",
  `UPDATE point_accounts SET balance = balance + :amount, version = version + 1
    WHERE user_id = :userId AND balance <= :max - :amount`,
);
const SUBTRACT = sql(
  "ledger.post:subtract",
  `UPDATE point_accounts SET balance = balance - :amount, version = version + 1
    WHERE user_id = :userId AND balance >= :amount`,
);
const OPEN = sql(
  "ledger.post:open",
  `INSERT IGNORE INTO point_accounts (user_id, balance, version) VALUES (:userId, 0, 0)`,
);
const ACCOUNT = query(
  sql("ledger.account", `SELECT balance, version FROM point_accounts WHERE user_id = :userId`),
  (row) => ({ balance: row.integer("balance"), version: row.integer("version") }),
);
const INSERT_ENTRY = sql(
  "ledger.post:entry",
  `INSERT INTO point_entries
          (user_id, kind, amount, balance_after, account_version, entry_key, reservation_id)
   VALUES (:userId, :kind, :amount, :balance, :version, :entryKey, :reservationId)`,
);
const KINDS = ["CHARGE", "SPEND", "REFUND"] as const;
const ENTRIES = query(
  sql(
    "ledger.entriesOf",
    `SELECT id, user_id AS userId, kind, amount, balance_after AS balanceAfter,
            account_version AS accountVersion, reservation_id AS reservationId,
            created_at AS createdAt
       FROM point_entries
      WHERE user_id = :userId AND id < :beforeId ORDER BY id DESC LIMIT :limit`,
  ),
  (row) => ({
    id: row.integer("id"),
    userId: row.integer("userId"),
    kind: row.oneOf("kind", KINDS),
    amount: row.integer("amount"),
    balanceAfter: row.integer("balanceAfter"),
    accountVersion: row.integer("accountVersion"),
    reservationId: row.integerOrNone("reservationId"),
    createdAt: row.date("createdAt"),
  }),
);

/** All statements of the ledger store. */
export const LEDGER_STATEMENTS: readonly Sql[] = [
  ADD,
  SUBTRACT,
  OPEN,
  ACCOUNT,
  INSERT_ENTRY,
  ENTRIES,
];

/** Stores point accounts and their entries. */
export function sqlLedgerStore(db: Database): LedgerStore {
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
      const [account = { balance: 0, version: 0 }] = await db.select(tx, ACCOUNT, { userId });
      const { balance, version } = account;
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
      const [account] = await db.select(tx, ACCOUNT, { userId });
      return account?.balance ?? 0;
    },
    entriesOf: (tx, userId, { beforeId = Number.MAX_SAFE_INTEGER, limit }) =>
      db.select(tx, ENTRIES, { userId, beforeId, limit }),
  };
}
