import type { IdempotencyRecordKey, IdempotencyStore } from "../../ports/idempotencyStore.ts";
import { idempotencyStart } from "../shared/idempotencyStart.ts";
import { failureKind } from "./database/databaseFailures.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import type { IdempotencyRow } from "./database/rows.ts";
import type { StoredRow } from "./database/table.ts";
import { keyOf } from "./database/tables.ts";
import { toUs } from "./times.ts";

const oldestFirst = (a: IdempotencyRow, b: IdempotencyRow): number => a.createdAtUs - b.createdAtUs;

/** One answer for each key, in memory. */
export function memoryIdempotencyStore(db: MemoryDb): IdempotencyStore {
  const { idempotencyRecords } = db.tables;

  function recordOf(record: IdempotencyRecordKey): StoredRow<IdempotencyRow>[] {
    const { userId, operation, key } = record;
    return idempotencyRecords.of([keyOf(userId, operation, key)]);
  }

  return {
    start: idempotencyStart({
      find: (tx, key) =>
        db.run(tx, "idempotency.start:find", async (s) => {
          const [row] = await s.lock(recordOf(key), () => true, { wait: "nowait" });
          return row;
        }),
      insert: (tx, { userId, operation, key }, fingerprint) =>
        db.run(tx, "idempotency.start:insert", (s) =>
          s.insert(idempotencyRecords, {
            userId,
            operation,
            key,
            fingerprint,
            answer: null,
            createdAtUs: s.nowUs,
          }),
        ),
      failureKind,
    }),

    async finish(tx, key, answer) {
      const text = JSON.stringify(answer);
      await db.run(tx, "idempotency.finish", (s) =>
        s.update(
          idempotencyRecords,
          recordOf(key),
          () => true,
          (row) => ({ ...row, answer: text }),
        ),
      );
    },

    cleanUp: (tx, ageMs, max) =>
      db.run(tx, "idempotency.cleanUp", (s) =>
        s.remove(
          idempotencyRecords.all(),
          ({ createdAtUs }) => createdAtUs < s.nowUs - toUs(ageMs),
          { order: oldestFirst, max },
        ),
      ),
  };
}
