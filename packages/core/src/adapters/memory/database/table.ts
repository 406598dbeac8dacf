import type { LockMode } from "./rowLock.ts";
import { RowLock } from "./rowLock.ts";
import type { ChangedRow, ServerTransaction } from "./serverTransaction.ts";

/** What a row is found by; composite ones are joined texts. */
export type Key = string | number;

/** `undefined` is SQL's NULL: in no index, and equal to nothing in a unique one. */
type KeyOf<Row> = (row: Row) => Key | undefined;

export interface TableDefinition<Row extends object> {
  readonly name: string;
  readonly key: (row: Row) => Key;
  readonly unique?: Readonly<Record<string, KeyOf<Row>>>;
  readonly indexes?: Readonly<Record<string, KeyOf<Row>>>;
  /** CHECK constraints by name; false refuses the row. */
  readonly checks?: Readonly<Record<string, (row: Row) => boolean>>;
  /** Foreign keys: false when the row that it names is not there. */
  readonly references?: Readonly<Record<string, (row: Row, by: ServerTransaction) => boolean>>;
}

/**
 * A row and its versions: the committed one, and the one that an open transaction made of it. A
 * pending version needs the exclusive lock, so there is one at most.
 */
export class StoredRow<Row extends object> implements ChangedRow {
  committed: Row | undefined;
  pending: { readonly by: ServerTransaction; readonly row: Row | undefined } | undefined;
  readonly key: Key;
  readonly #table: Table<Row>;
  #lock: RowLock | undefined;

  constructor(table: Table<Row>, key: Key) {
    this.#table = table;
    this.key = key;
  }

  /** What a plain read sees: one's own change, else what is committed. */
  visibleTo(by: ServerTransaction): Row | undefined {
    return this.pending?.by === by ? this.pending.row : this.committed;
  }

  isFree(by: ServerTransaction, mode: LockMode): boolean {
    return this.#lock?.isFree(by, mode) ?? true;
  }

  lock(by: ServerTransaction, mode: LockMode): Promise<void> | undefined {
    this.#lock ??= new RowLock();
    return this.#lock.acquire(by, mode);
  }

  /** Needs the exclusive lock. */
  put(by: ServerTransaction, row: Row | undefined): void {
    const before = this.pending;
    by.note(this, () => this.#becomePending(before));
    this.#becomePending({ by, row });
  }

  #becomePending(pending: StoredRow<Row>["pending"]): void {
    const gone = this.pending?.row;
    this.pending = pending;
    this.#table.unlist(this, gone);
    this.#table.list(this);
  }

  commit(): void {
    if (!this.pending) return;
    const former = this.committed;
    this.committed = this.pending.row;
    this.pending = undefined;
    this.#table.unlist(this, former);
    this.#table.list(this);
  }
}

/** The rows of one table with their indexes; changes go through statements. */
export class Table<Row extends object> {
  readonly name: string;
  readonly keyOf: (row: Row) => Key;
  readonly unique: Map<string, KeyOf<Row>>;
  readonly checks: Map<string, (row: Row) => boolean>;
  readonly references: TableDefinition<Row>["references"];
  readonly #rows = new Map<Key, StoredRow<Row>>();
  /** Every indexed value of every version, committed or pending. */
  readonly #listed = new Map<string, Map<Key, Set<StoredRow<Row>>>>();
  readonly #indexes: ReadonlyMap<string, KeyOf<Row>>;
  #lastId = 0;

  constructor(definition: TableDefinition<Row>) {
    this.name = definition.name;
    this.keyOf = definition.key;
    this.unique = new Map(Object.entries(definition.unique ?? {}));
    this.checks = new Map(Object.entries(definition.checks ?? {}));
    this.references = definition.references;
    this.#indexes = new Map([...this.unique, ...Object.entries(definition.indexes ?? {})]);
    for (const name of this.#indexes.keys()) this.#listed.set(name, new Map());
  }

  /** AUTO_INCREMENT: never given back, so ids may have gaps. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** As ALTER TABLE … DROP does it; for tests that plant what the schema would refuse. */
  dropDefence(name: string): void {
    this.unique.delete(name);
    this.checks.delete(name);
  }

  get(key: Key): StoredRow<Row> | undefined {
    return this.#rows.get(key);
  }

  /** The row of this key, made empty when there is none. */
  at(key: Key): StoredRow<Row> {
    let stored = this.#rows.get(key);
    if (!stored) {
      stored = new StoredRow(this, key);
      this.#rows.set(key, stored);
    }
    return stored;
  }

  all(): Iterable<StoredRow<Row>> {
    return this.#rows.values();
  }

  /** Rows of which any version has the value; the reader looks at its own version again. */
  by(index: string, value: Key): Iterable<StoredRow<Row>> {
    return this.#listed.get(index)?.get(value) ?? [];
  }

  indexed(index: string, row: Row): Key | undefined {
    return this.#indexes.get(index)?.(row);
  }

  /** Puts every version of the row under its values. */
  list(stored: StoredRow<Row>): void {
    for (const [name, readKey] of this.#indexes) {
      for (const version of [stored.committed, stored.pending?.row]) {
        const value = version && readKey(version);
        if (value !== undefined) this.#add(name, value, stored);
      }
    }
    if (stored.committed || stored.pending) this.#rows.set(stored.key, stored);
  }

  /** Takes the row from under the values of a version that is gone, unless another has them too. */
  unlist(stored: StoredRow<Row>, gone: Row | undefined): void {
    for (const [name, readKey] of this.#indexes) {
      const value = gone && readKey(gone);
      if (value === undefined) continue;
      const rows = this.#listed.get(name)?.get(value);
      rows?.delete(stored);
      if (rows?.size === 0) this.#listed.get(name)?.delete(value);
    }
    if (!stored.committed && !stored.pending) this.#rows.delete(stored.key);
  }

  #add(index: string, value: Key, stored: StoredRow<Row>): void {
    const values = this.#listed.get(index);
    const rows = values?.get(value);
    if (rows) rows.add(stored);
    else values?.set(value, new Set([stored]));
  }
}
