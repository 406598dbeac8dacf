import assert from "node:assert/strict";
import type { Pages } from "../ports/invariantReader.ts";

/*
 * A merge join walks over several tables at the same time, each in ascending order of a common key.
 * The walk visits each key once, with its rows of every table, so no table is read twice. A page
 * never splits a key, so one page of each table is in memory, and the walk waits only when a page
 * is used up.
 */

type Key = number | string;

/** The message of the error when a table is not in order of its key. */
export const OUT_OF_ORDER = "the rows of a table come in order of their key";

const NO_ROWS: readonly never[] = [];

/** One table of a merge join. */
export class KeyedRows<Row, K extends Key = number> {
  readonly #pages: AsyncIterator<readonly Row[]>;
  readonly #keyOf: (row: Row) => K;
  #page: readonly Row[] = NO_ROWS;
  #at = 0;
  #key: K | undefined;
  #taken: K | undefined;
  #isDone = false;

  constructor(pages: Pages<Row>, keyOf: (row: Row) => K) {
    this.#pages = pages[Symbol.asyncIterator]();
    this.#keyOf = keyOf;
  }

  /** The key of the next rows; `undefined` at the end of the table. */
  get key(): K | undefined {
    return this.#key;
  }

  /** True when the caller has taken all rows in memory and the table may have more. */
  get isUsedUp(): boolean {
    return this.#key === undefined && !this.#isDone;
  }

  async load(): Promise<void> {
    const next = await this.#pages.next();
    this.#isDone = next.done === true;
    this.#page = next.done ? NO_ROWS : next.value;
    this.#at = 0;
    this.#readKey();
    this.#requireOrder();
  }

  /** Takes the rows with this key, which must not be greater than the next key. */
  take(key: K): readonly Row[] {
    if (this.#key !== key) return NO_ROWS;
    const from = this.#at;
    do {
      this.#at += 1;
      this.#readKey();
    } while (this.#key === key);
    this.#taken = key;
    this.#requireOrder();
    return this.#page.slice(from, this.#at);
  }

  #requireOrder(): void {
    if (this.#key === undefined || this.#taken === undefined) return;
    assert(this.#key > this.#taken, OUT_OF_ORDER);
  }

  #readKey(): void {
    const row = this.#page[this.#at];
    this.#key = row === undefined ? undefined : this.#keyOf(row);
  }
}

/**
 * Visits, in ascending order, each key that at least one of the tables has.
 * @param visit must take the rows of the key from every table
 */
export async function forEachKey<K extends Key>(
  tables: readonly Pick<KeyedRows<unknown, K>, "key" | "isUsedUp" | "load">[],
  visit: (key: K) => void,
): Promise<void> {
  for (;;) {
    for (const table of tables) while (table.isUsedUp) await table.load();
    const key = lowestKey(tables);
    if (key === undefined) return;
    visit(key);
  }
}

function lowestKey<K extends Key>(
  tables: readonly { readonly key: K | undefined }[],
): K | undefined {
  let lowest: K | undefined;
  for (const { key } of tables) {
    if (key !== undefined && (lowest === undefined || key < lowest)) lowest = key;
  }
  return lowest;
}

/** Visits every row of a table. */
export async function forEachRow<Row>(pages: Pages<Row>, visit: (row: Row) => void): Promise<void> {
  for await (const page of pages) for (const row of page) visit(row);
}
