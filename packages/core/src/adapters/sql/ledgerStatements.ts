import type { LedgerEntry, PointAccount } from "../../ports/ledgerStore.ts";
import { ENTRY_KINDS } from "../../shared/entryKinds.ts";
import type { AnswerRow } from "./answerRow.ts";
import { query, type Sql, sql } from "./statement.ts";

export const ADD = sql(
  "ledger.post:add",
  `UPDATE point_accounts SET balance = balance + :amount, version = version + 1
    WHERE user_id = :userId AND balance <= :max - :amount`,
);
export const SUBTRACT = sql(
  "ledger.post:subtract",
  `UPDATE point_accounts SET balance = balance - :amount, version = version + 1
    WHERE user_id = :userId AND balance >= :amount`,
);
export const OPEN = sql(
  "ledger.post:open",
  `INSERT IGNORE INTO point_accounts (user_id, balance, version) VALUES :rows`,
);
export const RESTORE = sql(
  "ledger.restoreBalance",
  `UPDATE point_accounts SET balance = :to
    WHERE user_id = :userId AND balance = :from AND version = :version`,
);
export const ACCOUNT = query(
  sql("ledger.account", `SELECT balance, version FROM point_accounts WHERE user_id = :userId`),
  (row) => ({ balance: row.integer("balance"), version: row.integer("version") }),
);
const ACCOUNTS_OF_GROUP = `SELECT user_id AS userId, balance, version
       FROM point_accounts FORCE INDEX (PRIMARY)
      WHERE user_id IN (:userIds)`;
export const FREE_ACCOUNTS = query(
  sql("ledger.post:free", `${ACCOUNTS_OF_GROUP} ORDER BY user_id FOR UPDATE SKIP LOCKED`),
  presentAccount,
);
/** Fails immediately when another transaction is opening one of the accounts. */
export const NEW_ACCOUNTS = query(
  sql("ledger.post:new", `${ACCOUNTS_OF_GROUP} ORDER BY user_id FOR UPDATE NOWAIT`),
  presentAccount,
);
export const ACCOUNTS = query(sql("ledger.accounts", ACCOUNTS_OF_GROUP), presentAccount);
export const INSERT_ENTRIES = sql(
  "ledger.post:entry",
  `INSERT INTO point_entries
          (user_id, kind, amount, balance_after, account_version, entry_key, reservation_id,
           adjust_audit)
   VALUES :rows`,
);
/**
 * Brings the accounts of a group to the balances of their new entries. FORCE INDEX is needed
 * because a scan of a small table would wait for the new entries of other groups.
 */
export const FOLLOW_ENTRIES = sql(
  "ledger.post:follow",
  `UPDATE point_entries e FORCE INDEX (point_entries_key)
       STRAIGHT_JOIN point_accounts a ON a.user_id = e.user_id
      SET a.balance = e.balance_after, a.version = e.account_version
    WHERE e.entry_key IN (:entryKeys) AND a.version + 1 = e.account_version`,
);
const SELECT_ENTRY = `SELECT id, user_id AS userId, kind, amount, balance_after AS balanceAfter,
            account_version AS accountVersion, entry_key AS entryKey,
            reservation_id AS reservationId, adjust_audit AS adjustAudit, created_at AS createdAt
       FROM point_entries`;
export const ENTRIES = query(
  sql(
    "ledger.entriesOf",
    `${SELECT_ENTRY}
      WHERE user_id = :userId AND id < :beforeId ORDER BY id DESC LIMIT :limit`,
  ),
  presentEntry,
);
export const FIND_ENTRY = query(
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
  FREE_ACCOUNTS,
  NEW_ACCOUNTS,
  ACCOUNTS,
  INSERT_ENTRIES,
  FOLLOW_ENTRIES,
  ENTRIES,
  FIND_ENTRY,
];

export interface Account extends PointAccount {
  readonly userId: number;
}

function presentAccount(row: AnswerRow): Account {
  return {
    userId: row.integer("userId"),
    balance: row.integer("balance"),
    version: row.integer("version"),
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
