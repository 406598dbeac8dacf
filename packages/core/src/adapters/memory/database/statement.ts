import { DatabaseFailure } from "./databaseFailures.ts";
import type { LockMode, LockWait } from "./rowLock.ts";
import type { ServerTransaction } from "./serverTransaction.ts";
import type { Key, StoredRow, Table } from "./table.ts";

/** Which rows a statement looks at, in which order; later, a condition chooses among them. */
export type Candidates<Row extends object> = Iterable<StoredRow<Row>>;

/**
 * What INSERT does when a unique key has the value: fail, let it be (INSERT IGNORE), or let it be
 * and lock that row (ON DUPLICATE KEY UPDATE of nothing).
 */
export type OnDuplicate = "fail" | "ignore" | "lock";

/**
 * One statement of a transaction at READ COMMITTED: reads see what is committed now and the
 * transaction's own changes; writes lock the rows they change, and look at a row again after they
 * waited for it. Time stands still within a statement.
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

  /** Rows whose visible version has the value in the index; in no particular order. */
  where<Row extends object>(table: Table<Row>, index: string, value: Key): Row[] {
    return this.#visible(table.by(index, value)).filter(
      (row) => table.indexed(index, row) === value,
    );
  }

  all<Row extends object>(table: Table<Row>): Row[] {
    return this.#visible(table.all());
  }

  /**
   * UPDATE: rows that match are locked and changed; a row that another transaction holds is waited
   * for only when its committed version matches, as InnoDB's semi-consistent read does.
   * @returns the number of rows that matched
   */
  async update<Row extends object>(
    table: Table<Row>,
    candidates: Candidates<Row>,
    matches: (row: Row) => boolean,
    change: (row: Row) => Row,
  ): Promise<number> {
    let count = 0;
    for (const stored of await this.#lockMatching(candidates, matches)) {
      const row = stored.visibleTo(this.#by);
      if (!row) continue;
      const changed = change(row);
      await this.#checkUnique(table, stored, changed, row, "fail");
      this.#put(table, stored, changed);
      count += 1;
    }
    return count;
  }

  /** DELETE; locks as UPDATE does. */
  async remove<Row extends object>(
    candidates: Candidates<Row>,
    matches: (row: Row) => boolean,
  ): Promise<number> {
    const rows = await this.#lockMatching(candidates, matches);
    for (const stored of rows) stored.put(this.#by, undefined);
    return rows.length;
  }

  /**
   * SELECT … FOR UPDATE over rows in the given order.
   * @param wait "skip": SKIP LOCKED; "nowait" fails at a locked row
   * @param max LIMIT; rows beyond it are not locked
   */
  async lock<Row extends object>(
    candidates: Candidates<Row>,
    matches: (row: Row) => boolean,
    options: { wait?: LockWait; max?: number } = {},
  ): Promise<Row[]> {
    const { wait = "wait", max = Number.POSITIVE_INFINITY } = options;
    const found: Row[] = [];
    for (const stored of [...candidates]) {
      if (found.length >= max) break;
      if (!stored.isFree(this.#by, "exclusive")) {
        if (wait === "skip") continue;
        if (wait === "nowait") throw new DatabaseFailure("locked", "the row is locked");
      } else if (!this.#matchesNow(stored, matches)) {
        continue;
      }
      await this.#acquire(stored, "exclusive");
      const row = stored.visibleTo(this.#by);
      if (row && matches(row)) found.push(row);
    }
    return found;
  }

  /**
   * INSERT of one row. Waits for a transaction that is about to give, or to take away, one of the
   * row's unique values.
   * @returns false when a unique key has the value and the statement lets it be
   */
  async insert<Row extends object>(
    table: Table<Row>,
    row: Row,
    onDuplicate: OnDuplicate = "fail",
  ): Promise<boolean> {
    const stored = await this.#freePlace(table, row, onDuplicate);
    if (!stored || !(await this.#checkUnique(table, stored, row, undefined, onDuplicate))) {
      return false;
    }
    this.#put(table, stored, row);
    return true;
  }

  /** The primary key's place, locked for an insert; undefined when it is taken. */
  async #freePlace<Row extends object>(
    table: Table<Row>,
    row: Row,
    onDuplicate: OnDuplicate,
  ): Promise<StoredRow<Row> | undefined> {
    const key = table.keyOf(row);
    for (;;) {
      const stored = table.at(key);
      if (stored.committed || stored.pending) {
        await this.#acquire(stored, onDuplicate === "lock" ? "exclusive" : "shared");
        // The row may have gone with the transaction that was waited for, and come again.
        if (table.get(key) !== stored) continue;
        if (stored.visibleTo(this.#by)) return refuseDuplicate(table, "PRIMARY", onDuplicate);
      }
      await this.#acquire(stored, "exclusive");
      if (table.at(key) !== stored || stored.visibleTo(this.#by)) continue;
      return stored;
    }
  }

  /** @returns false when a unique value is taken and the statement lets it be */
  async #checkUnique<Row extends object>(
    table: Table<Row>,
    own: StoredRow<Row>,
    row: Row,
    before: Row | undefined,
    onDuplicate: OnDuplicate,
  ): Promise<boolean> {
    for (const [name, readKey] of table.unique) {
      const value = readKey(row);
      if (value === undefined || (before && readKey(before) === value)) continue;
      const taken = await this.#holderOf(table, name, value, own);
      if (!taken) continue;
      if (onDuplicate === "lock") await this.#acquire(taken, "exclusive");
      refuseDuplicate(table, name, onDuplicate);
      return false;
    }
    return true;
  }

  /** Another row that has the value for good, after those are decided that may have it. */
  async #holderOf<Row extends object>(
    table: Table<Row>,
    index: string,
    value: Key,
    own: StoredRow<Row>,
  ): Promise<StoredRow<Row> | undefined> {
    for (;;) {
      const others = [...table.by(index, value)].filter((stored) => stored !== own);
      const undecided = others.find(({ pending }) => pending && pending.by !== this.#by);
      if (!undecided) {
        return others.find((stored) => {
          const visible = stored.visibleTo(this.#by);
          return visible !== undefined && table.indexed(index, visible) === value;
        });
      }
      await this.#acquire(undecided, "shared");
    }
  }

  async #lockMatching<Row extends object>(
    candidates: Candidates<Row>,
    matches: (row: Row) => boolean,
  ): Promise<StoredRow<Row>[]> {
    const locked: StoredRow<Row>[] = [];
    for (const stored of [...candidates]) {
      if (!this.#matchesNow(stored, matches)) continue;
      await this.#acquire(stored, "exclusive");
      if (this.#matchesNow(stored, matches)) locked.push(stored);
    }
    return locked;
  }

  #matchesNow<Row extends object>(stored: StoredRow<Row>, matches: (row: Row) => boolean): boolean {
    const row = stored.visibleTo(this.#by);
    return row !== undefined && matches(row);
  }

  async #acquire<Row extends object>(stored: StoredRow<Row>, mode: LockMode): Promise<void> {
    const waiting = stored.lock(this.#by, mode);
    if (!waiting) return;
    await waiting;
    this.#by.requireOpen();
  }

  #put<Row extends object>(table: Table<Row>, stored: StoredRow<Row>, row: Row): void {
    for (const [name, holds] of table.checks) {
      if (!holds(row)) throw new DatabaseFailure("other", `CHECK ${name} of ${table.name} fails`);
    }
    for (const [name, exists] of Object.entries(table.references ?? {})) {
      if (!exists(row, this.#by)) {
        throw new DatabaseFailure("other", `FOREIGN KEY ${name} of ${table.name} fails`);
      }
    }
    stored.put(this.#by, row);
  }

  #visible<Row extends object>(rows: Iterable<StoredRow<Row>>): Row[] {
    const visible: Row[] = [];
    for (const stored of rows) {
      const row = stored.visibleTo(this.#by);
      if (row) visible.push(row);
    }
    return visible;
  }
}

function refuseDuplicate<Row extends object>(
  table: Table<Row>,
  name: string,
  onDuplicate: OnDuplicate,
): undefined {
  if (onDuplicate !== "fail") return undefined;
  throw new DatabaseFailure("duplicate", `a row of ${table.name} has the value of ${name} already`);
}
