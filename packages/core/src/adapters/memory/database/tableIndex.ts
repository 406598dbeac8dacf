/**
 * The value by which a key or an index finds a row. A composite key joins its parts into one text.
 */
export type Key = string | number;

/**
 * Reads the key of a row. `undefined` is SQL's NULL: an index does not contain it, and a unique key
 * allows it many times. The functions are methods because TypeScript compares the parameters of
 * methods bivariantly, so a table of one row type can be used as a table of any row type. The
 * table's columns and checks refuse a row of another table.
 */
export interface KeyReader<Row> {
  of(row: Row): Key | undefined;
  /**
   * True when both rows have the same values in the columns of the key, so that their keys are
   * equal. Comparing the values costs less than making the keys. Rows with different values can
   * have equal keys too, because a collation ignores case.
   */
  hasSameColumns(a: Row, b: Row): boolean;
}

/** The versions of a stored row that an index reads. */
export interface Versions<Row> {
  readonly committed: Row | undefined;
  readonly pending: { readonly row: Row | undefined } | undefined;
}

/** All versions of a row before and after a change of one version. */
export interface VersionChange<Row> {
  readonly gone: Row | undefined;
  readonly kept: Row | undefined;
  readonly come: Row | undefined;
}

/** Maps every value of every version, committed or pending, to the rows that have the value. */
export class Index<Row extends object, Stored extends Versions<Row>> {
  readonly #reader: KeyReader<Row>;
  /**
   * A single row, as in a unique index, is stored without a Set, which takes ten times more memory.
   */
  readonly #rows = new Map<Key, Stored | Set<Stored>>();

  constructor(reader: KeyReader<Row>) {
    this.#reader = reader;
  }

  keyOf(row: Row | undefined): Key | undefined {
    return row && this.#reader.of(row);
  }

  /** Returns a copy as an array, which V8 visits several times faster than a set. */
  get(value: Key): readonly Stored[] {
    const rows = this.#rows.get(value);
    if (!rows) return [];
    return rows instanceof Set ? [...rows] : [rows];
  }

  size(value: Key): number {
    const rows = this.#rows.get(value);
    if (!rows) return 0;
    return rows instanceof Set ? rows.size : 1;
  }

  has(value: Key, stored: Stored): boolean {
    const rows = this.#rows.get(value);
    return rows instanceof Set ? rows.has(stored) : rows === stored;
  }

  /** Adds a row with all its versions. */
  list(stored: Stored): void {
    const { committed, pending } = stored;
    const kept = this.keyOf(committed);
    const come = this.keyOf(pending?.row);
    if (kept !== undefined) this.#add(kept, stored);
    if (come !== undefined && come !== kept) this.#add(come, stored);
  }

  relist(stored: Stored, change: VersionChange<Row>): void {
    const { gone, kept, come } = change;
    if (gone && !this.#isLike(gone, kept) && !this.#isLike(gone, come)) {
      const key = this.#reader.of(gone);
      if (key !== undefined && key !== this.keyOf(kept) && key !== this.keyOf(come)) {
        this.#remove(key, stored);
      }
    }
    if (come && !this.#isLike(come, kept) && !this.#isLike(come, gone)) {
      const key = this.#reader.of(come);
      if (key !== undefined && key !== this.keyOf(kept) && key !== this.keyOf(gone)) {
        this.#add(key, stored);
      }
    }
  }

  #isLike(row: Row, other: Row | undefined): boolean {
    return other !== undefined && this.#reader.hasSameColumns(row, other);
  }

  #add(value: Key, stored: Stored): void {
    const rows = this.#rows.get(value);
    if (rows instanceof Set) rows.add(stored);
    else this.#rows.set(value, rows ? new Set([rows, stored]) : stored);
  }

  #remove(value: Key, stored: Stored): void {
    const rows = this.#rows.get(value);
    if (rows instanceof Set) rows.delete(stored);
    if (rows === stored || (rows instanceof Set && rows.size === 0)) this.#rows.delete(value);
  }
}
