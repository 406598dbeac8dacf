import type { Evidence, Violation } from "../../../ports/evidenceStore.ts";
import { mergeEvidence, type SearchedRule, violationCollector } from "../../evidence/findings.ts";
import type { PaymentRow } from "../database/rows.ts";
import type { Statement } from "../database/statement.ts";
import type { Tables } from "../database/tables.ts";
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

/** There is one for a reservation, by a unique key of the schema. */
export function paymentOf(
  s: Statement,
  { payments }: Tables,
  reservationId: number,
): PaymentRow | undefined {
  return s.where(payments, "payments_reservation", reservationId)[0];
}

/** SUM, which is 0 of nothing. */
export function sumOf<Row>(rows: readonly Row[], read: (row: Row) => number): number {
  let sum = 0;
  for (const row of rows) sum += read(row);
  return sum;
}
