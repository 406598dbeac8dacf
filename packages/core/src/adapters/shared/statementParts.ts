/**
 * Maximum number of rows of one INSERT. A statement stays far below max_allowed_packet, and a
 * stadium needs few round trips.
 */
export const SEATS_PER_STATEMENT_MAX = 1_000;
/**
 * Maximum number of admissions of one statement. The statement stays below a megabyte, and its row
 * locks last only a short time.
 */
export const ADMISSIONS_PER_STATEMENT_MAX = 500;

/** Splits rows, in their order, into the parts that one statement takes. */
export function statementParts<T>(rows: readonly T[], max: number): T[][] {
  const count = Math.ceil(rows.length / max);
  return Array.from({ length: count }, (_, i) => rows.slice(i * max, (i + 1) * max));
}
