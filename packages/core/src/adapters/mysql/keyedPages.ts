import type { Pages } from "../../ports/invariantReader.ts";

/**
 * Rows of one page. Pages of 4,000 rows took 65 MiB more memory and a tenth less processor time.
 */
export const PAGE_SIZE = 1_000;

type Key = number | string;

/** Reads at most `limit` rows whose key is greater than `after`, in ascending order of the key. */
export type ReadPage<Row, K extends Key> = (after: K, limit: number) => Promise<readonly Row[]>;

/**
 * Reads a table page by page in the order of its key. A page never splits a key: when the last key
 * of a page may have more rows, the next page has all of its rows. The next page is requested while
 * the caller uses the current page, so server and process work at the same time.
 * @param first a value before every key
 */
export async function* keyedPages<Row, K extends Key>(
  first: K,
  keyOf: (row: Row) => K,
  read: ReadPage<Row, K>,
): Pages<Row> {
  let coming: Promise<Page<Row, K>> | undefined = readWhole(first, keyOf, read);
  while (coming) {
    const { rows, after }: Page<Row, K> = await coming;
    coming = after === undefined ? undefined : readWhole(after, keyOf, read);
    // A caller that stops early never awaits the next page, so its rejection is handled here.
    coming?.catch(() => {});
    yield rows;
  }
}

interface Page<Row, K> {
  readonly rows: readonly Row[];
  /** The last key; `undefined` at the end of the table. */
  readonly after: K | undefined;
}

async function readWhole<Row, K extends Key>(
  after: K,
  keyOf: (row: Row) => K,
  read: ReadPage<Row, K>,
): Promise<Page<Row, K>> {
  for (let limit = PAGE_SIZE; ; limit *= 2) {
    const rows = await read(after, limit);
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return { rows, after: undefined };
    const lastKey = keyOf(last);
    const lastWhole = rows.findLastIndex((row) => keyOf(row) !== lastKey);
    const lastWholeRow = rows[lastWhole];
    if (lastWholeRow === undefined) continue;
    return { rows: rows.slice(0, lastWhole + 1), after: keyOf(lastWholeRow) };
  }
}
