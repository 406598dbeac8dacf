import type { IdempotencyStore } from "../../ports/idempotencyStore.ts";
import { idempotencyStart } from "../shared/idempotencyStart.ts";
import type { Database } from "./database.ts";
import { query, type Sql, sql } from "./statement.ts";

const MATCH = "user_id = :userId AND operation = :operation AND idempotency_key = :key";
/**
 * Fails immediately (NOWAIT) when another transaction is writing the record. This failure means "in
 * progress".
 */
const FIND = query(
  sql(
    "idempotency.start:find",
    `SELECT fingerprint, answer FROM idempotency_records WHERE ${MATCH} FOR UPDATE NOWAIT`,
  ),
  (row) => ({ fingerprint: row.text("fingerprint"), answer: row.textOrNone("answer") }),
);
const INSERT = sql(
  "idempotency.start:insert",
  `INSERT INTO idempotency_records (user_id, operation, idempotency_key, fingerprint)
   VALUES (:userId, :operation, :key, :fingerprint)`,
);
const FINISH = sql(
  "idempotency.finish",
  `UPDATE idempotency_records SET answer = :answer WHERE ${MATCH}`,
);
const CLEAN_UP = sql(
  "idempotency.cleanUp",
  `DELETE FROM idempotency_records
    WHERE created_at < NOW(6) - INTERVAL :ageUs MICROSECOND ORDER BY created_at LIMIT :max`,
);

/** All statements of the idempotency store. */
export const IDEMPOTENCY_STATEMENTS: readonly Sql[] = [FIND, INSERT, FINISH, CLEAN_UP];

/** Stores one answer for each idempotency key. */
export function sqlIdempotencyStore(db: Database): IdempotencyStore {
  return {
    start: idempotencyStart({
      find: async (tx, key) => (await db.select(tx, FIND, { ...key }))[0],
      insert: (tx, key, fingerprint) => db.change(tx, INSERT, { ...key, fingerprint }),
      failureKind: (error) => db.failureKind(error),
    }),
    async finish(tx, key, answer) {
      await db.change(tx, FINISH, { ...key, answer: JSON.stringify(answer) });
    },
    cleanUp: (tx, ageMs, max) => db.change(tx, CLEAN_UP, { ageUs: ageMs * 1000, max }),
  };
}
