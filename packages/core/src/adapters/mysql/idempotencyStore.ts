import type { IdempotencyStore } from "../../ports/idempotencyStore.ts";
import { idempotencyStart } from "../shared/idempotencyStart.ts";
import type { Database } from "./database.ts";
import { failureKind } from "./databaseErrors.ts";

const MATCH = "user_id = :userId AND operation = :operation AND idempotency_key = :key";
/** NOWAIT: a record that another transaction is writing means "in progress", at once. */
const FIND = `
  SELECT fingerprint, answer FROM idempotency_records WHERE ${MATCH} FOR UPDATE NOWAIT`;
const INSERT = `
  INSERT INTO idempotency_records (user_id, operation, idempotency_key, fingerprint)
  VALUES (:userId, :operation, :key, :fingerprint)`;
const FINISH = `UPDATE idempotency_records SET answer = :answer WHERE ${MATCH}`;
const CLEAN_UP = `
  DELETE FROM idempotency_records
   WHERE created_at < NOW(6) - INTERVAL :ageUs MICROSECOND ORDER BY created_at LIMIT :max`;

interface Row {
  fingerprint: string;
  answer: string | null;
}

export function mysqlIdempotencyStore(db: Database): IdempotencyStore {
  return {
    start: idempotencyStart({
      find: async (tx, key) => (await db.select<Row>(tx, FIND, { ...key }))[0],
      insert: (tx, key, fingerprint) => db.change(tx, INSERT, { ...key, fingerprint }),
      failureKind,
    }),
    async finish(tx, key, answer) {
      await db.change(tx, FINISH, { ...key, answer: JSON.stringify(answer) });
    },
    cleanUp: (tx, ageMs, max) => db.change(tx, CLEAN_UP, { ageUs: ageMs * 1000, max }),
  };
}
