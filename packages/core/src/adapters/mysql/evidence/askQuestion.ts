import {
  type Evidence,
  VIOLATIONS_SHOWN_MAX,
  type Violation,
} from "../../../ports/evidenceStore.ts";
import { toInteger } from "../convert.ts";
import type { Database, SqlValues } from "../database.ts";

/** A rule as the search for what breaks it. */
export interface Rule {
  /** What a found row means, as a sentence about that row. */
  readonly message: string;
  /** A SELECT of the ids of every row that breaks the rule; one statement, so one snapshot. */
  readonly sql: string;
}

/** One invariant as rules over the same rows. */
export interface Question {
  /** A SELECT of one number named `examined`. */
  readonly examined: string;
  readonly rules: readonly Rule[];
}

/** Asks every rule; outside any transaction, one statement after the other. */
export async function askQuestion(
  db: Database,
  question: Question,
  values: SqlValues = {},
): Promise<Evidence> {
  const [counted] = await db.select<{ examined: number | string }>(null, question.examined, values);
  const found = [];
  for (const rule of question.rules) found.push(await askRule(db, rule, values));
  return mergeEvidence(toInteger(counted?.examined ?? 0), found);
}

type Found = Pick<Evidence, "violations" | "violationCount">;

async function askRule(db: Database, rule: Rule, values: SqlValues): Promise<Found> {
  const rows = await db.select<Record<string, unknown> & { violationCount: number | string }>(
    null,
    `SELECT broken.*, COUNT(*) OVER () AS violationCount FROM (${rule.sql}) broken
     LIMIT ${VIOLATIONS_SHOWN_MAX}`,
    values,
  );
  return {
    violations: rows.map(({ violationCount: _count, ...ids }) => ({ message: rule.message, ids })),
    violationCount: toInteger(rows[0]?.violationCount ?? 0),
  };
}

/** One evidence out of several findings; shows the first violations and counts all. */
export function mergeEvidence(examined: number, found: readonly Found[]): Evidence {
  return {
    examined,
    violations: found.flatMap((part) => part.violations).slice(0, VIOLATIONS_SHOWN_MAX),
    violationCount: found.reduce((sum, part) => sum + part.violationCount, 0),
  };
}

/** Collects violations that are found one by one. */
export function violationCollector(): { add(violation: Violation): void; found(): Found } {
  const violations: Violation[] = [];
  let violationCount = 0;
  return {
    add(violation) {
      violationCount += 1;
      if (violations.length < VIOLATIONS_SHOWN_MAX) violations.push(violation);
    },
    found: () => ({ violations, violationCount }),
  };
}
