import type { LedgerEntry, LedgerStore } from "../../ports/ledgerStore.ts";
import { ENTRY_KINDS, signOf } from "../../shared/entryKinds.ts";
import { POINTS_MAX } from "../../shared/points.ts";
import type { AnswerRow } from "./answerRow.ts";
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
const RESTORE = sql(
  "ledger.restoreBalance",
  `UPDATE point_accounts SET balance = :to
    WHERE user_id = :userId AND balance = :from AND version = :version`,
);
const ACCOUNT = query(
  sql("ledger.account", `SELECT balance, version FROM point_accounts WHERE user_id = :userId`),
  (row) => ({ balance: row.integer("balance"), version: row.integer("version") }),
);
const INSERT_ENTRY = sql(
  "ledger.post:entry",
  `INSERT INTO point_entries
          (user_id, kind, amount, balance_after, account_version, entry_key, reservation_id,
           adjust_audit)
   VALUES (:userId, :kind, :amount, :balance, :version, :entryKey, :reservationId, :adjustAudit)`,
);
const SELECT_ENTRY = `SELECT id, user_id AS userId, kind, amount, balance_after AS balanceAfter,
            account_version AS accountVersion, entry_key AS entryKey,
            reservation_id AS reservationId, adjust_audit AS adjustAudit, created_at AS createdAt
       FROM point_entries`;
const ENTRIES = query(
  sql(
    "ledger.entriesOf",
    `${SELECT_ENTRY}
      WHERE user_id = :userId AND id < :beforeId ORDER BY id DESC LIMIT :limit`,
  ),
  presentEntry,
);
const FIND_ENTRY = query(
  sql("ledger.findEntry", `${SELECT_ENTRY} WHERE entry_key = :entryKey`),
  presentEntry,
);

/** All statements of the ledger store. */
export const LEDGER_STATEMENTS: readonly Sql[] = [
  ADD,
  SUBTRACT,
  OPEN,
  RESTORE,
  ACCOUNT,
  INSERT_ENTRY,
  ENTRIES,
  FIND_ENTRY,
];

/** Stores point accounts and their entries. */
export function sqlLedgerStore(db: Database): LedgerStore {
  return {
    async post(tx, entry) {
      const { userId, amount } = entry;
      const subtracts = signOf(entry.kind) < 0;
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
        adjustAudit: entry.adjustAudit ?? null,
      });
      return { balanceAfter: balance, accountVersion: version };
    },
    async restoreBalance(tx, userId, { from, to, version }) {
      return (await db.change(tx, RESTORE, { userId, from, to, version })) > 0;
    },
    async balanceOf(tx, userId) {
      const [account] = await db.select(tx, ACCOUNT, { userId });
      return account?.balance ?? 0;
    },
    findAccount: async (tx, userId) => (await db.select(tx, ACCOUNT, { userId }))[0],
    findEntry: async (tx, entryKey) => (await db.select(tx, FIND_ENTRY, { entryKey }))[0],
    entriesOf: (tx, userId, { beforeId = Number.MAX_SAFE_INTEGER, limit }) =>
      db.select(tx, ENTRIES, { userId, beforeId, limit }),
  };
}

function presentEntry(row: AnswerRow): LedgerEntry {
  return {
    id: row.integer("id"),
    userId: row.integer("userId"),
    kind: row.oneOf("kind", ENTRY_KINDS),
    amount: row.integer("amount"),
    balanceAfter: row.integer("balanceAfter"),
    accountVersion: row.integer("accountVersion"),
    entryKey: row.text("entryKey"),
    reservationId: row.integerOrNone("reservationId"),
    adjustAudit: row.integerOrNone("adjustAudit"),
    createdAt: row.date("createdAt"),
  };
}
