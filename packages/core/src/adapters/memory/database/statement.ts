import { DatabaseFailure } from "./databaseFailures.ts";
import { type Candidates, type LockScan, rowsAlong, type Walk } from "./lockScan.ts";
import { duplicate, type OnDuplicate, requireValid } from "./requireValid.ts";
import type { LockMode, LockWait } from "./rowLock.ts";
import { eachInOrder, type Served, whenServed } from "./served.ts";
import type { ServerTransaction } from "./serverTransaction.ts";
import type { Key, LockableRow, StoredRow, Table } from "./table.ts";

export type { Candidates, Walk } from "./lockScan.ts";

/**
 * An obstacle to a write: the wait for a lock that the statement needs, or another row with the
 * unique value.
 */
type Obstacle = Promise<void> | "duplicate";

/**
 * One statement of a transaction at READ COMMITTED. A read sees the committed rows and the
 * transaction's own changes. A write locks the rows that it changes, and reads a row again after it
 * has waited for the row's lock. The time does not change within a statement. Checking whether a
 * row may be written and writing the row are one synchronous step, so no other transaction acts
 * between them.
 * This database has no gap locks. InnoDB checks for duplicates with a lock on the gap before the
 * key. So in InnoDB, unlike here, two inserts of neighbouring keys can deadlock, and one of them
 * restarts.
 */
export class Statement {
  /** NOW(6): microseconds since the epoch. */
  readonly nowUs: number;
  readonly #by: ServerTransaction;

  constructor(by: ServerTransaction, nowUs: number) {
    this.#by = by;
    this.nowUs = nowUs;
  }

  find<Row extends object>(table: Table<Row>, key: Key): Row | undefined {
    return table.get(key)?.visibleTo(this.#by);
  }

  /** The value of the server's variable read_only. */
  get isReadOnly(): boolean {
    return this.#by.isReadOnly;
  }

  /** Returns the version of a row that a plain read sees. */
  visible<Row extends object>(stored: StoredRow<Row>): Row | undefined {
    return stored.visibleTo(this.#by);
  }

  /** Reads rows without locks, in the given order. */
  read<Row extends object>(candidates: Candidates<Row>): Row[] {
    const visible: Row[] = [];
    for (const stored of candidates) {
      const row = stored.visibleTo(this.#by);
      if (row) visible.push(row);
    }
    return visible;
  }

  /** Returns the rows whose visible version has the value in the index, in no particular order. */
  where<Row extends object>(table: Table<Row>, index: string, value: Key): Row[] {
    return this.read(table.by(index, value)).filter((row) => table.indexed(index, row) === value);
  }

  /** Returns the number of rows that `where` would return. */
  count<Row extends object>(table: Table<Row>, index: string, value: Key): number {
    return table.count(index, value, this.#by);
  }

  all<Row extends object>(table: Table<Row>): Row[] {
    return this.read(table.all());
  }

  /**
   * UPDATE of rows that the statement finds by key. Waits for every row that another transaction
   * has locked, even if the row's committed version does not match the condition. InnoDB skips such
   * a row only in a scan.
   * @returns the number of rows that matched. MySQL's driver counts only rows that changed. Both
   *   numbers are equal, because each statement whose number is used changes a status, a version or
   *   a time (µs) in every row that it matches
   */
  update<Row extends object>(
    table: Table<Row>,
    candidates: Candidates<Row>,
    matches: (row: Row) => boolean,
    change: (row: Row) => NoInfer<Row>,
  ): Served<number> {
    this.#by.requireWritable();
    return whenServed(this.#lockMatching(candidates, matches), (locked) => {
      const changed = eachInOrder(locked, (stored) => {
        const before = stored.visibleTo(this.#by);
        if (!before) return undefined;
        const row = change(before);
        requireValid(table, row);
        return this.#write(table, stored, row, before, "fail");
      });
      return changed ? changed.then(() => locked.length) : locked.length;
    });
  }

  /** DELETE. Locks rows as UPDATE does. */
  remove<Row extends object>(
    candidates: Candidates<Row>,
    matches: (row: Row) => boolean,
    walk?: Walk<Row>,
  ): Served<number> {
    this.#by.requireWritable();
    return whenServed(this.#lockMatching(candidates, matches, { walk }), (locked) => {
      for (const stored of locked) stored.put(this.#by, undefined);
      return locked.length;
    });
  }

  /**
   * SELECT … FOR UPDATE, or LOCK IN SHARE MODE.
   * @param wait "skip": skips locked rows (SKIP LOCKED); "nowait": fails at a locked row (NOWAIT)
   * @throws DatabaseFailure "locked" at a locked row with "nowait"
   */
  lock<Row extends object>(
    candidates: Candidates<Row>,
    matches: (row: Row) => boolean,
    options: { wait?: LockWait; walk?: Walk<Row>; mode?: LockMode } = {},
  ): Served<Row[]> {
    return whenServed(this.#lockMatching(candidates, matches, options), (locked) =>
      this.read(locked),
    );
  }

  /**
   * INSERT of one row. Waits for a transaction that has an uncommitted write of one of the row's
   * unique values, and for a transaction that has locked the parent row of a foreign key.
   * @returns false when another row has the unique value and `onDuplicate` is not "fail"
   */
  insert<Row extends object>(
    table: Table<Row>,
    row: NoInfer<Row>,
    onDuplicate: OnDuplicate = "fail",
  ): Served<boolean> {
    this.#by.requireWritable();
    requireValid(table, row);
    return this.#write(table, table.at(table.keyOf(row)), row, undefined, onDuplicate);
  }

  #lockMatching<Row extends object>(
    candidates: Candidates<Row>,
    matches: (row: Row) => boolean,
    options: { wait?: LockWait; walk?: Walk<Row> | undefined; mode?: LockMode } = {},
  ): Served<readonly StoredRow<Row>[]> {
    const { wait = "wait", walk, mode = "exclusive" } = options;
    const visited = walk ? rowsAlong(walk, candidates, matches, this.#by) : candidates;
    const max = walk?.max ?? Number.POSITIVE_INFINITY;
    return this.#lockRest({ visited, matches, wait, mode, max, next: 0, locked: [] });
  }

  /** Locks the remaining rows of the scan. */
  #lockRest<Row extends object>(scan: LockScan<Row>): Served<readonly StoredRow<Row>[]> {
    const { visited, matches, wait, mode, max, locked } = scan;
    while (scan.next < visited.length && locked.length < max) {
      const stored = visited[scan.next];
      scan.next += 1;
      if (!stored) continue;
      if (!stored.isFree(this.#by, mode)) {
        if (wait === "skip") continue;
        if (wait === "nowait") throw new DatabaseFailure("locked", "the row is locked");
      } else if (!this.#matchesNow(stored, matches)) {
        continue;
      }
      const waiting = stored.lock(this.#by, mode);
      if (waiting) {
        return this.#waitFor(waiting).then(() => {
          if (this.#matchesNow(stored, matches)) locked.push(stored);
          return this.#lockRest(scan);
        });
      }
      // The row was free, so nothing has changed since it matched.
      locked.push(stored);
    }
    return locked;
  }

  #matchesNow<Row extends object>(stored: StoredRow<Row>, matches: (row: Row) => boolean): boolean {
    const row = stored.visibleTo(this.#by);
    return row !== undefined && matches(row);
  }

  /**
   * @returns false when the row was not written, because another row has one of its unique values
   */
  #write<Row extends object>(
    table: Table<Row>,
    stored: StoredRow<Row>,
    row: Row,
    before: Row | undefined,
    onDuplicate: OnDuplicate,
  ): Served<boolean> {
    const obstacle = this.#obstacle(table, stored, row, before, onDuplicate);
    if (obstacle === "duplicate") return false;
    if (obstacle) {
      // Everything is checked again, because new obstacles can appear during the wait.
      return this.#waitFor(obstacle).then(() =>
        this.#write(table, stored, row, before, onDuplicate),
      );
    }
    stored.put(this.#by, row);
    return true;
  }

  async #waitFor(waiting: Promise<void>): Promise<void> {
    await waiting;
    this.#by.requireOpen();
  }

  /** Locks a row. Returns a promise when the transaction has to wait for the lock. */
  #take(row: LockableRow, mode: LockMode): Promise<void> | undefined {
    return row.holds(this.#by, mode) ? undefined : row.lock(this.#by, mode);
  }

  /** Takes the locks that the write needs, up to the first obstacle, and returns the obstacle. */
  #obstacle<Row extends object>(
    table: Table<Row>,
    stored: StoredRow<Row>,
    row: Row,
    before: Row | undefined,
    onDuplicate: OnDuplicate,
  ): Obstacle | undefined {
    if (!before && (stored.committed || stored.pending)) {
      const mode = onDuplicate === "lock" ? "exclusive" : "shared";
      const waiting = this.#take(stored, mode);
      if (waiting) return waiting;
      if (stored.visibleTo(this.#by)) return duplicate(table, "PRIMARY", onDuplicate);
    }
    // InnoDB looks for the parent row before it checks the other unique keys.
    const waiting = this.#take(stored, "exclusive") ?? this.#lockParents(table, row, before);
    if (waiting) return waiting;
    for (const [name, reader] of table.unique) {
      if (before && reader.hasSameColumns(before, row)) continue;
      const value = reader.of(row);
      if (value === undefined || (before && reader.of(before) === value)) continue;
      const obstacle = this.#holderOf(table, name, value, stored, onDuplicate);
      if (obstacle) return obstacle;
    }
    return undefined;
  }

  /** Returns another row that has the unique value, or has it in an uncommitted version. */
  #holderOf<Row extends object>(
    table: Table<Row>,
    index: string,
    value: Key,
    own: StoredRow<Row>,
    onDuplicate: OnDuplicate,
  ): Obstacle | undefined {
    const heldBy = (row: Row | undefined) => row && table.indexed(index, row);
    for (const other of table.by(index, value)) {
      if (other === own) continue;
      const isOwn = other.pending?.by === this.#by;
      if (other.pending && !isOwn && heldBy(other.committed) !== heldBy(other.pending.row)) {
        const waiting = this.#take(other, "shared");
        if (waiting) return waiting;
      }
      if (heldBy(other.visibleTo(this.#by)) !== value) continue;
      const waiting = onDuplicate === "lock" ? this.#take(other, "exclusive") : undefined;
      return waiting ?? duplicate(table, index, onDuplicate);
    }
    return undefined;
  }

  /**
   * Locks the parent row of each foreign key, so that the parent exists until the transaction ends.
   * Returns a promise when the transaction has to wait for a lock.
   */
  #lockParents<Row extends object>(
    table: Table<Row>,
    row: Row,
    before: Row | undefined,
  ): Promise<void> | undefined {
    for (const [name, parentOf] of table.references) {
      const parent = parentOf(row);
      if (before && parentOf(before) === parent) continue;
      const waiting = parent && this.#take(parent, "shared");
      if (waiting) return waiting;
      if (!parent?.visibleTo(this.#by)) {
        throw new DatabaseFailure("other", `FOREIGN KEY ${name} of ${table.name} fails`);
      }
    }
    return undefined;
  }
}
