import { type Evidence, VIOLATIONS_SHOWN_MAX } from "../../../ports/evidenceStore.ts";
import { type Findings, mergeEvidence, type SearchedRule } from "../../evidence/findings.ts";
import { toInteger } from "../convert.ts";
import type { Database, SqlValues } from "../database.ts";

/**
 * A rule's search is a SELECT of the ids of every row that breaks it; one statement, so one
 * snapshot.
 */
type SqlRule = SearchedRule<string>;

/** One invariant as rules over the same rows. */
export interface Question {
  /** A SELECT of one number named `examined`. */
  readonly examined: string;
  readonly rules: readonly SqlRule[];
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

async function askRule(db: Database, rule: SqlRule, values: SqlValues): Promise<Findings> {
  const rows = await db.select<Record<string, unknown> & { violationCount: number | string }>(
    null,
    `SELECT broken.*, COUNT(*) OVER () AS violationCount FROM (${rule.search}) broken
     LIMIT ${VIOLATIONS_SHOWN_MAX}`,
    values,
  );
  return {
    violations: rows.map(({ violationCount: _count, ...ids }) => ({ message: rule.message, ids })),
    violationCount: toInteger(rows[0]?.violationCount ?? 0),
  };
}
