import { z } from "zod";
import type { InvariantCheckStore } from "../../ports/invariantCheckStore.ts";
import { INVARIANT_TITLES, type InvariantId } from "../../shared/invariantTitles.ts";
import type { Database } from "./database.ts";
import { query, type Sql, sql } from "./statement.ts";

/** The table's one row. */
const NAME = "reconciliation";

const reportSchema = z.object({
  holds: z.boolean(),
  results: z.array(
    z.object({
      id: z.string().refine((id): id is InvariantId => id in INVARIANT_TITLES),
      title: z.string(),
      holds: z.boolean(),
      rowsRead: z.number(),
      violationCount: z.number(),
      violations: z.array(
        z.object({ message: z.string(), ids: z.record(z.string(), z.unknown()) }),
      ),
    }),
  ),
});

const SAVE = sql(
  "invariantChecks.save",
  `INSERT INTO invariant_checks (name, report, taken_at)
   VALUES (:name, :report, NOW(6) - INTERVAL :ageUs MICROSECOND)
   ON DUPLICATE KEY UPDATE report = :report, taken_at = NOW(6) - INTERVAL :ageUs MICROSECOND`,
);
const LAST = query(
  sql(
    "invariantChecks.last",
    `SELECT report, TIMESTAMPDIFF(MICROSECOND, taken_at, NOW(6)) AS ageUs
     FROM invariant_checks WHERE name = :name`,
  ),
  (row) => ({
    report: reportSchema.parse(JSON.parse(row.text("report"))),
    ageMs: row.integer("ageUs") / 1000,
  }),
);

/** All statements of this store. */
export const INVARIANT_CHECK_STATEMENTS: readonly Sql[] = [SAVE, LAST];

/** Stores the last complete check of the invariants as JSON. */
export function sqlInvariantCheckStore(db: Database): InvariantCheckStore {
  return {
    async save(report, ageMs) {
      const ageUs = Math.round(ageMs * 1000);
      await db.change(null, SAVE, { name: NAME, report: JSON.stringify(report), ageUs });
    },
    async last() {
      const [found] = await db.select(null, LAST, { name: NAME });
      return found;
    },
  };
}
