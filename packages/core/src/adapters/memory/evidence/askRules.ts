import type { Evidence, Violation } from "../../../ports/evidenceStore.ts";
import { mergeEvidence, type SearchedRule, violationCollector } from "../../evidence/findings.ts";
import { dateOf } from "../times.ts";

/** Goes through a view of the tables for the ids of every row that breaks the rule. */
export type Search<View> = (view: View) => Iterable<Violation["ids"]>;

/** A search for each of the rules. */
export type Searches<Name extends string, View> = Readonly<Record<Name, Search<View>>>;

/**
 * Asks every rule of one view, which was taken in one statement.
 * @param examined how many rows the view was made of
 */
export function askRules<View>(
  rules: readonly SearchedRule<Search<View>>[],
  view: View,
  examined: number,
): Evidence {
  const found = rules.map(({ message, search }) => {
    const broken = violationCollector();
    for (const ids of search(view)) broken.add({ message, ids });
    return broken.found();
  });
  return mergeEvidence(examined, found);
}

/** NULL stays NULL in what a question finds. */
export function dateOrNull(timeUs: number | null): Date | null {
  return timeUs === null ? null : dateOf(timeUs);
}

/** The rows by a value that no two of them share. */
export function indexBy<Row, Value>(
  rows: readonly Row[],
  read: (row: Row) => Value,
): ReadonlyMap<Value, Row> {
  const index = new Map<Value, Row>();
  for (const row of rows) index.set(read(row), row);
  return index;
}

/** SUM, which is 0 of nothing. */
export function sumOf<Row>(rows: readonly Row[], read: (row: Row) => number): number {
  let sum = 0;
  for (const row of rows) sum += read(row);
  return sum;
}
