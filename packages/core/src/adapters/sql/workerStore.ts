import { z } from "zod";
import type { WorkerStore } from "../../ports/workerStore.ts";
import type { Database } from "./database.ts";
import { query, type Sql, sql } from "./statement.ts";

const BEAT = sql(
  "workers.beat",
  `INSERT INTO workers (id, process_name, loops) VALUES (:id, :processName, :loops)
   ON DUPLICATE KEY UPDATE loops = :loops, seen_at = NOW(6)`,
);
const REMOVE = sql("workers.remove", "DELETE FROM workers WHERE id = :id");
const loopsSchema = z.record(z.string(), z.number());
const LIST = query(
  sql(
    "workers.list",
    `SELECT id, process_name AS processName, loops, started_at AS startedAt,
            seen_at AS seenAt,
            TIMESTAMPDIFF(MICROSECOND, seen_at, NOW(6)) AS silentUs
     FROM workers ORDER BY id`,
  ),
  (row) => ({
    id: row.text("id"),
    processName: row.text("processName"),
    loops: loopsSchema.parse(JSON.parse(row.text("loops"))),
    silentMs: row.integer("silentUs") / 1000,
    startedAt: row.date("startedAt"),
    seenAt: row.date("seenAt"),
  }),
);
const FORGET = sql(
  "workers.forget",
  "DELETE FROM workers WHERE seen_at < NOW(6) - INTERVAL :ageUs MICROSECOND",
);

/** All statements of this store. */
export const WORKER_STATEMENTS: readonly Sql[] = [BEAT, REMOVE, LIST, FORGET];

/** Stores signs of life of workers. The table has a row for each worker process. */
export function sqlWorkerStore(db: Database): WorkerStore {
  return {
    async beat({ id, processName, loops }) {
      await db.change(null, BEAT, { id, processName, loops: JSON.stringify(loops) });
    },
    async remove(id) {
      await db.change(null, REMOVE, { id });
    },
    list: () => db.select(null, LIST),
    forget: (ageMs) => db.change(null, FORGET, { ageUs: Math.round(ageMs * 1000) }),
  };
}
