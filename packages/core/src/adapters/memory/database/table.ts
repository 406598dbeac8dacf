import assert from "node:assert/strict";
import type { Column } from "./columns.ts";
import { type LockMode, RowLock } from "./rowLock.ts";
import type { ChangedRow, ServerTransaction } from "./serverTransaction.ts";
import { Index, type Key, type KeyReader, type VersionChange } from "./tableIndex.ts";

export type { Key, KeyReader } from "./tableIndex.ts";

type Check<Row> = { holds(row: Row): boolean }["holds"];
type ParentOf<Row> = { of(row: Row): LockableRow | undefined }["of"];
/**
 * Parts of a table with their names. Every write visits them, and an array costs less than a map.
 */
type Named<Part> = readonly (readonly [name: string, part: Part])[];

export interface TableDefinition<Row extends object> {
  readonly name: string;
  key(row: Row): Key;
  readonly unique?: Readonly<Record<string, KeyReader<Row>>>;
  /** Maps the name of each index to its key. The table builds an index at its first use. */
  readonly indexes?: Readonly<Record<string, KeyReader<Row>>>;
  /** Maps the name of each CHECK to its condition. The table refuses a row that breaks one. */
  readonly checks?: Readonly<Record<string, Check<Row>>>;
  readonly columns: Readonly<Record<string, Column>>;
  /** Maps the name of each foreign key to a function that returns the required parent row. */
  readonly references?: Readonly<Record<string, ParentOf<Row>>>;
}

/** The parts of a row that a transaction uses to lock the row and to check that the row exists. */
export interface LockableRow {
  visibleTo(by: ServerTransaction): object | undefined;
  holds(by: ServerTransaction, mode: LockMode): boolean;
  lock(by: ServerTransaction, mode: LockMode): Promise<void> | undefined;
}

/**
 * A row with its versions: the committed version, and the pending version of an open transaction. A
 * pending version needs the exclusive lock, so there is at most one. A StoredRow without any
 * version is a placeholder: it lets a transaction lock a key before the key has a row.
 */
export class StoredRow<Row extends object> implements ChangedRow, LockableRow {
  readonly key: Key;
  readonly #table: Table<Row>;
  #committed: Row | undefined;
  #pending: { readonly by: ServerTransaction; readonly row: Row | undefined } | undefined;
  #lock: RowLock | undefined;

  constructor(table: Table<Row>, key: Key) {
    this.#table = table;
    this.key = key;
  }

  get committed(): Row | undefined {
    return this.#committed;
  }

  get pending(): { readonly by: ServerTransaction; readonly row: Row | undefined } | undefined {
    return this.#pending;
  }

  /**
   * Returns the version that a plain read sees: the reader's own change, else the committed
   * version.
   */
  visibleTo(by: ServerTransaction): Row | undefined {
    return this.#pending?.by === by ? this.#pending.row : this.#committed;
  }

  holds(by: ServerTransaction, mode: LockMode): boolean {
    return this.#lock?.holds(by, mode) ?? false;
  }

  isFree(by: ServerTransaction, mode: LockMode): boolean {
    return this.#lock?.isFree(by, mode) ?? true;
  }

  lock(by: ServerTransaction, mode: LockMode): Promise<void> | undefined {
    // The transaction may have ended meanwhile. Then nothing would release its new lock.
    by.requireOpen();
    this.#lock ??= new RowLock(() => this.#forgetLock());
    return this.#lock.acquire(by, mode);
  }

  /** Writes a pending version. The transaction must hold the exclusive lock. */
  put(by: ServerTransaction, row: Row | undefined): void {
    by.requireOpen();
    const before = this.#pending;
    by.note(this, () => this.#becomePending(before));
    this.#becomePending({ by, row });
  }

  commit(): void {
    const pending = this.#pending;
    if (!pending) return;
    const former = this.#committed;
    this.#committed = pending.row;
    this.#pending = undefined;
    this.#table.relist(this, { gone: former, kept: pending.row, come: undefined });
  }

  #becomePending(pending: StoredRow<Row>["pending"]): void {
    const gone = this.#pending?.row;
    this.#pending = pending;
    this.#table.relist(this, { gone, kept: this.#committed, come: pending?.row });
  }

  #forgetLock(): void {
    this.#lock = undefined;
    if (!this.#committed && !this.#pending) this.#table.forget(this.key);
  }
}

/** The rows and indexes of one table. Only statements change them. */
export class Table<Row extends object> {
  readonly name: string;
  readonly columns: Named<Column>;
  #references: Named<ParentOf<Row>>;
  readonly #definition: TableDefinition<Row>;
  readonly #rows = new Map<Key, StoredRow<Row>>();
  readonly #undecided = new Set<StoredRow<Row>>();
  readonly #indexes: Map<string, Index<Row, StoredRow<Row>>>;
  #unique: Named<KeyReader<Row>>;
  #checks: Named<Check<Row>>;
  #lastId = 0;

  constructor(definition: TableDefinition<Row>) {
    this.name = definition.name;
    this.columns = Object.entries(definition.columns);
    this.#references = Object.entries(definition.references ?? {});
    this.#unique = Object.entries(definition.unique ?? {});
    this.#checks = Object.entries(definition.checks ?? {});
    this.#definition = definition;
    this.#indexes = new Map(
      this.#unique.map(([name, reader]) => [name, new Index<Row, StoredRow<Row>>(reader)]),
    );
  }

  get unique(): Named<KeyReader<Row>> {
    return this.#unique;
  }

  get checks(): Named<Check<Row>> {
    return this.#checks;
  }

  get references(): Named<ParentOf<Row>> {
    return this.#references;
  }

  keyOf(row: Row): Key {
    return this.#definition.key(row);
  }

  /**
   * Returns the next AUTO_INCREMENT value. A rollback does not return the value, so ids have gaps.
   */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Removes a constraint, as ALTER TABLE … DROP does, so that tests can plant invalid rows. */
  dropDefence(name: string): void {
    this.#unique = this.#unique.filter(([unique]) => unique !== name);
    this.#checks = this.#checks.filter(([check]) => check !== name);
    this.#references = this.#references.filter(([reference]) => reference !== name);
  }

  get(key: Key): StoredRow<Row> | undefined {
    return this.#rows.get(key);
  }

  /** Returns the rows with these keys, each once and in the order of the keys, as IN reads them. */
  of(keys: readonly Key[]): StoredRow<Row>[] {
    const ordered = [...new Set(keys)].sort((a, b) => (a < b ? -1 : 1));
    return ordered.map((key) => this.#rows.get(key)).filter((stored) => stored !== undefined);
  }

  /** Returns the row with this key; creates a row without versions when the key is absent. */
  at(key: Key): StoredRow<Row> {
    let stored = this.#rows.get(key);
    if (!stored) {
      stored = new StoredRow(this, key);
      this.#rows.set(key, stored);
    }
    return stored;
  }

  /** Removes the row of this key if it has no version and no transaction locks it. */
  forget(key: Key): void {
    this.#rows.delete(key);
  }

  all(): readonly StoredRow<Row>[] {
    return [...this.#rows.values()];
  }

  /**
   * Returns the rows with the value in any version. A caller must check the version that it sees.
   */
  by(index: string, value: Key): readonly StoredRow<Row>[] {
    return this.#index(index).get(value);
  }

  /** Returns the number of rows whose visible version has the value, without visiting each row. */
  count(index: string, value: Key, by: ServerTransaction): number {
    const listed = this.#index(index);
    let count = listed.size(value);
    for (const stored of this.#undecided) {
      const isListed = listed.has(value, stored);
      if (isListed && listed.keyOf(stored.visibleTo(by)) !== value) count -= 1;
    }
    return count;
  }

  indexed(index: string, row: Row): Key | undefined {
    return this.#index(index).keyOf(row);
  }

  /** Updates the indexes after a change of the row's versions. */
  relist(stored: StoredRow<Row>, change: VersionChange<Row>): void {
    if (stored.pending) this.#undecided.add(stored);
    else this.#undecided.delete(stored);
    if (change.gone === change.come || (!change.gone && !change.come)) return;
    for (const index of this.#indexes.values()) index.relist(stored, change);
  }

  #index(name: string): Index<Row, StoredRow<Row>> {
    return this.#indexes.get(name) ?? this.#newIndex(name);
  }

  #newIndex(name: string): Index<Row, StoredRow<Row>> {
    const reader = this.#definition.indexes?.[name];
    assert(reader, `${this.name} has no index ${name}`);
    const index = new Index<Row, StoredRow<Row>>(reader);
    for (const stored of this.#rows.values()) index.list(stored);
    this.#indexes.set(name, index);
    return index;
  }
}
