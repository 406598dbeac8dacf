import assert from "node:assert/strict";
import type { Column } from "./columns.ts";
import { type LockMode, RowLock } from "./rowLock.ts";
import type { ChangedRow, ServerTransaction } from "./serverTransaction.ts";

/** What a row is found by; composite ones are joined texts. */
export type Key = string | number;

/**
 * `undefined` is SQL's NULL: in no index, and equal to nothing in a unique one. A method's type, as
 * all that is given a row here, so that a table of certain rows may be used as a table of any: its
 * columns and checks refuse what is no row of it.
 */
type KeyOf<Row> = { of(row: Row): Key | undefined }["of"];
type Check<Row> = { holds(row: Row): boolean }["holds"];
type ParentOf<Row> = { of(row: Row): LockableRow | undefined }["of"];

export interface TableDefinition<Row extends object> {
  readonly name: string;
  key(row: Row): Key;
  readonly unique?: Readonly<Record<string, KeyOf<Row>>>;
  /** Made when they are first asked for. */
  readonly indexes?: Readonly<Record<string, KeyOf<Row>>>;
  /** CHECK constraints by name; false refuses the row. */
  readonly checks?: Readonly<Record<string, Check<Row>>>;
  readonly columns: Readonly<Record<string, Column>>;
  /** Foreign keys by name: the row that must be there. */
  readonly references?: Readonly<Record<string, ParentOf<Row>>>;
}

/** A row to those who lock it and look whether it is there. */
export interface LockableRow {
  visibleTo(by: ServerTransaction): object | undefined;
  holds(by: ServerTransaction, mode: LockMode): boolean;
  lock(by: ServerTransaction, mode: LockMode): Promise<void> | undefined;
}

/**
 * A row and its versions: the committed one, and the one that an open transaction made of it. A
 * pending version needs the exclusive lock, so there is one at most. Without any version it is the
 * place of a key that somebody is about to give to a row.
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

  /** What a plain read sees: one's own change, else what is committed. */
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
    // Its end may have come amid a statement: what it took now, nobody would give back.
    by.requireOpen();
    this.#lock ??= new RowLock(() => this.#forgetLock());
    return this.#lock.acquire(by, mode);
  }

  /** Needs the exclusive lock. */
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

/** The versions of a row before and after a change of them. */
interface VersionChange<Row> {
  readonly gone: Row | undefined;
  readonly kept: Row | undefined;
  readonly come: Row | undefined;
}

/** Every value that any version has, committed or pending, with the rows that have it. */
class Index<Row extends object> {
  readonly #keyOf: KeyOf<Row>;
  /** A row by itself where it is the only one, as in a unique index: a set takes ten times more. */
  readonly #rows = new Map<Key, StoredRow<Row> | Set<StoredRow<Row>>>();

  constructor(keyOf: KeyOf<Row>) {
    this.#keyOf = keyOf;
  }

  keyOf(row: Row | undefined): Key | undefined {
    return row && this.#keyOf(row);
  }

  get(value: Key): Iterable<StoredRow<Row>> {
    const rows = this.#rows.get(value);
    if (!rows) return [];
    return rows instanceof Set ? rows : [rows];
  }

  size(value: Key): number {
    const rows = this.#rows.get(value);
    if (!rows) return 0;
    return rows instanceof Set ? rows.size : 1;
  }

  has(value: Key, stored: StoredRow<Row>): boolean {
    const rows = this.#rows.get(value);
    return rows instanceof Set ? rows.has(stored) : rows === stored;
  }

  /** Lists a row with all its versions. */
  list(stored: StoredRow<Row>): void {
    const { committed, pending } = stored;
    const kept = this.keyOf(committed);
    const come = this.keyOf(pending?.row);
    if (kept !== undefined) this.#add(kept, stored);
    if (come !== undefined && come !== kept) this.#add(come, stored);
  }

  relist(stored: StoredRow<Row>, change: VersionChange<Row>): void {
    const gone = this.keyOf(change.gone);
    const kept = this.keyOf(change.kept);
    const come = this.keyOf(change.come);
    if (gone !== undefined && gone !== kept && gone !== come) this.#remove(gone, stored);
    if (come !== undefined && come !== kept && come !== gone) this.#add(come, stored);
  }

  #add(value: Key, stored: StoredRow<Row>): void {
    const rows = this.#rows.get(value);
    if (rows instanceof Set) rows.add(stored);
    else this.#rows.set(value, rows ? new Set([rows, stored]) : stored);
  }

  #remove(value: Key, stored: StoredRow<Row>): void {
    const rows = this.#rows.get(value);
    if (rows instanceof Set) rows.delete(stored);
    if (rows === stored || (rows instanceof Set && rows.size === 0)) this.#rows.delete(value);
  }
}

/** The rows of one table with their indexes; changes go through statements. */
export class Table<Row extends object> {
  readonly name: string;
  readonly unique: Map<string, KeyOf<Row>>;
  readonly checks: Map<string, Check<Row>>;
  readonly columns: ReadonlyMap<string, Column>;
  readonly references: ReadonlyMap<string, ParentOf<Row>>;
  readonly #definition: TableDefinition<Row>;
  readonly #rows = new Map<Key, StoredRow<Row>>();
  readonly #undecided = new Set<StoredRow<Row>>();
  readonly #indexes: Map<string, Index<Row>>;
  #lastId = 0;

  constructor(definition: TableDefinition<Row>) {
    this.name = definition.name;
    this.unique = new Map(Object.entries(definition.unique ?? {}));
    this.checks = new Map(Object.entries(definition.checks ?? {}));
    this.columns = new Map(Object.entries(definition.columns));
    this.references = new Map(Object.entries(definition.references ?? {}));
    this.#definition = definition;
    this.#indexes = new Map([...this.unique].map(([name, keyOf]) => [name, new Index(keyOf)]));
  }

  keyOf(row: Row): Key {
    return this.#definition.key(row);
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

  /** The rows of these keys, each once, in the order of the keys: the way in which IN reads. */
  of(keys: readonly Key[]): StoredRow<Row>[] {
    const ordered = [...new Set(keys)].sort((a, b) => (a < b ? -1 : 1));
    return ordered.map((key) => this.#rows.get(key)).filter((stored) => stored !== undefined);
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

  /** The place of a row that is gone and that nobody locks. */
  forget(key: Key): void {
    this.#rows.delete(key);
  }

  all(): Iterable<StoredRow<Row>> {
    return this.#rows.values();
  }

  /** Rows of which any version has the value; the reader looks at its own version again. */
  by(index: string, value: Key): Iterable<StoredRow<Row>> {
    return this.#index(index).get(value);
  }

  /** How many rows have the value for this reader, without a look at each of them. */
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

  /** Brings the indexes up to what the row's versions are now. */
  relist(stored: StoredRow<Row>, change: VersionChange<Row>): void {
    if (stored.pending) this.#undecided.add(stored);
    else this.#undecided.delete(stored);
    if (change.gone === change.come || (!change.gone && !change.come)) return;
    for (const index of this.#indexes.values()) index.relist(stored, change);
  }

  #index(name: string): Index<Row> {
    return this.#indexes.get(name) ?? this.#newIndex(name);
  }

  #newIndex(name: string): Index<Row> {
    const keyOf = this.#definition.indexes?.[name];
    assert(keyOf, `${this.name} has no index ${name}`);
    const index = new Index(keyOf);
    for (const stored of this.#rows.values()) index.list(stored);
    this.#indexes.set(name, index);
    return index;
  }
}
