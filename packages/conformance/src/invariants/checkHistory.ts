import { checkInvariants, type InvariantReport, type InvariantResult } from "@onsale/core";
import type { History } from "./historyRows.ts";
import type { InvariantFixture } from "./invariantFixture.ts";

/** The longest allowed time from the expiry of a hold to its end. */
const HOLD_BOUND_MS = 60 * 60 * 1000;

/** Plants the rows, and checks every invariant. */
export async function checkHistory(
  fixture: InvariantFixture,
  { rows, acknowledged }: Pick<History, "rows" | "acknowledged">,
  { drained = true }: { drained?: boolean } = {},
): Promise<InvariantReport> {
  await fixture.plant(rows);
  return checkInvariants(fixture.core, { acknowledged, drained, holdBoundMs: HOLD_BOUND_MS });
}

/** Returns the result for one invariant. @throws Error when the report does not have it */
export function resultOf(report: InvariantReport, id: InvariantResult["id"]): InvariantResult {
  const result = report.results.find((one) => one.id === id);
  if (!result) throw new Error(`${id} was not checked`);
  return result;
}

/** Formats all violations, one in each line. */
export function violationsIn({ results }: InvariantReport): string[] {
  return results.flatMap(({ id, violations }) =>
    violations.map(({ message, ids }) => `${id} ${message} ${JSON.stringify(ids)}`),
  );
}

/** Returns how many rows each checker read. */
export function rowsReadIn({ results }: InvariantReport): Record<string, number> {
  return Object.fromEntries(results.map(({ id, rowsRead }) => [id, rowsRead]));
}
