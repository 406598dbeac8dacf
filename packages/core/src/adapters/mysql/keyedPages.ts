import type { Pages } from "../../ports/invariantReader.ts";

/**
 * Rows of one page. Measured with pages of 4,000 rows: 65 MiB more memory, a tenth less processor
 * time.
 */
export const PAGE_SIZE = 1_000;

type Key = number | string;

/** Reads at most `limit` rows whose key is greater than `after`, in ascending order of the key. */
export type ReadPage<Row, K extends Key> = (after: K, limit: number) => Promise<readonly Row[]>;

/**
 * Reads a table page by page in the order of its key. All rows of a key are in one page: when the
 * last key of a page may have more rows, the page omits the key and the next page starts with it.
 * The next page is requested while the caller uses the current page, so server and process work at
 * the same time.
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
    // Handles the rejection of the next page when the caller stops early and never awaits that
    // page.
    coming?.catch(() => {});
    yield rows;
  }
}

interface Page<Row, K> {
  readonly rows: readonly Row[];
  /** The last key of the page; `undefined` at the end of the table. */
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
