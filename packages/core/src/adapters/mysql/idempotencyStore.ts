import type {
  IdempotencyClaim,
  IdempotencyRecordKey,
  IdempotencyStore,
} from "../../ports/idempotencyStore.ts";
import type { Tx } from "../../ports/transaction.ts";
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
  async function find(
    tx: Tx,
    key: IdempotencyRecordKey,
  ): Promise<Exclude<IdempotencyClaim, { state: "claimed" }> | undefined> {
    try {
      const [row] = await db.select<Row>(tx, FIND, { ...key });
      if (!row) return undefined;
      if (row.answer === null) return { state: "in-progress" };
      const answer: unknown = JSON.parse(row.answer);
      return { state: "finished", fingerprint: row.fingerprint, answer };
    } catch (error) {
      const kind = failureKind(error);
      // MariaDB reports NOWAIT as a lock-wait timeout. Either way the caller rolls back.
      if (kind === "locked" || kind === "lock-wait") return { state: "in-progress" };
      throw error;
    }
  }

  return {
    async claim(tx, key, fingerprint) {
      const earlier = await find(tx, key);
      if (earlier) return earlier;
      try {
        await db.change(tx, INSERT, { ...key, fingerprint });
        return { state: "claimed" };
      } catch (error) {
        const kind = failureKind(error);
        // Both looked before either wrote; the other still works on it.
        if (kind === "lock-wait") return { state: "in-progress" };
        if (kind !== "duplicate") throw error;
        return (await find(tx, key)) ?? { state: "in-progress" };
      }
    },
    async finish(tx, key, answer) {
      await db.change(tx, FINISH, { ...key, answer: JSON.stringify(answer) });
    },
    cleanUp: (tx, ageMs, max) => db.change(tx, CLEAN_UP, { ageUs: ageMs * 1000, max }),
  };
}
