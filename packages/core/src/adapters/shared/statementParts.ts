/** Rows of one INSERT: far below max_allowed_packet, and few round trips for a stadium. */
export const SEATS_PER_STATEMENT_MAX = 1_000;
/** Keeps a statement below a megabyte and its row locks short. */
export const ADMISSIONS_PER_STATEMENT_MAX = 500;

/** Splits rows, in their order, into the parts that one statement takes. */
export function statementParts<T>(rows: readonly T[], max: number): T[][] {
  const count = Math.ceil(rows.length / max);
  return Array.from({ length: count }, (_, i) => rows.slice(i * max, (i + 1) * max));
}
