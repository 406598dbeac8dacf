import type { LockMode, LockWait } from "./rowLock.ts";
import type { ServerTransaction } from "./serverTransaction.ts";
import type { StoredRow } from "./table.ts";

/** The rows that a statement visits. The statement applies its condition to each of them. */
export type Candidates<Row extends object> = readonly StoredRow<Row>[];

/**
 * An index scan in the order of the index, with LIMIT. The scan skips a row when none of its
 * versions matches. Without a scan, the statement finds its candidates by key and visits all of
 * them.
 */
export interface Walk<Row extends object> {
  readonly order: (a: Row, b: Row) => number;
  readonly max: number;
}

/** A statement that locks rows one after the other, and the rows that it has locked so far. */
export interface LockScan<Row extends object> {
  readonly visited: readonly StoredRow<Row>[];
  readonly matches: (row: Row) => boolean;
  readonly wait: LockWait;
  readonly mode: LockMode;
  /** Number of rows after which a scan with LIMIT ends. */
  readonly max: number;
  /** Index in `visited` of the next row. */
  next: number;
  readonly locked: StoredRow<Row>[];
}

/** Returns the candidates that match, in index order. A scan of the index skips the others. */
export function rowsAlong<Row extends object>(
  walk: Walk<Row>,
  candidates: Candidates<Row>,
  matches: (row: Row) => boolean,
  by: ServerTransaction,
): StoredRow<Row>[] {
  const found: { readonly stored: StoredRow<Row>; readonly row: Row }[] = [];
  for (const stored of candidates) {
    const visible = stored.visibleTo(by);
    const pending = stored.pending?.row;
    if (visible && matches(visible)) found.push({ stored, row: visible });
    else if (pending && matches(pending)) found.push({ stored, row: pending });
  }
  return found.sort((a, b) => walk.order(a.row, b.row)).map(({ stored }) => stored);
}
