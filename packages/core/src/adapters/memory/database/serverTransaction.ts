import assert from "node:assert/strict";
import type { Clock } from "../../../shared/clock.ts";
import { ConnectionLostError } from "../serverLink.ts";
import { DatabaseFailure } from "./databaseFailures.ts";
import type { LockOwner, RowLock } from "./rowLock.ts";

/** A row with an uncommitted change of a transaction. */
export interface ChangedRow {
  /** Makes the change visible to all transactions. */
  commit(): void;
}

/** The server of a transaction, as the transaction sees it. */
export interface TransactionServer {
  /** As with read_only=ON, the server then refuses every write and the COMMIT of changed rows. */
  readonly isReadOnly: boolean;
  /** Called once, when the transaction ends. */
  ended?(transaction: ServerTransaction): void;
}

/** The server's side of a transaction: its locks, its changes and its savepoints. */
export class ServerTransaction implements LockOwner {
  waitsFor: RowLock | undefined;
  readonly #clock: Clock;
  readonly #lockWaitMs: number;
  readonly #server: TransactionServer;
  // Most transactions are single reads, so the sets are created at their first use.
  #locks: Set<RowLock> | undefined;
  #changed: Set<ChangedRow> | undefined;
  readonly #undo: (() => void)[] = [];
  #state: "open" | "committed" | "rolled back" = "open";
  /** The connection of the transaction is lost: every later statement fails with this error. */
  #lost: ConnectionLostError | undefined;

  constructor(clock: Clock, lockWaitMs: number, server: TransactionServer = { isReadOnly: false }) {
    this.#clock = clock;
    this.#lockWaitMs = lockWaitMs;
    this.#server = server;
  }

  get weight(): number {
    return (this.#locks?.size ?? 0) + this.#undo.length;
  }

  noteLock(lock: RowLock): void {
    this.#locks ??= new Set();
    this.#locks.add(lock);
  }

  /** @throws ConnectionLostError when the server is gone; an assertion fails after its end */
  requireOpen(): void {
    if (this.#lost) throw this.#lost;
    assert.equal(this.#state, "open", "a statement in a transaction that is over");
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  get isReadOnly(): boolean {
    return this.#server.isReadOnly;
  }

  /** @throws DatabaseFailure "connection", as MySQL's error 1290 is classified */
  requireWritable(): void {
    if (this.#server.isReadOnly) throw new DatabaseFailure("connection", "read_only is ON");
  }

  note(row: ChangedRow, undo: () => void): void {
    this.#changed ??= new Set();
    this.#changed.add(row);
    this.#undo.push(undo);
  }

  /** Returns a savepoint. A failed statement rolls back to the savepoint before the statement. */
  savepoint(): number {
    return this.#undo.length;
  }

  undoTo(savepoint: number): void {
    while (this.#undo.length > savepoint) this.#undo.pop()?.();
  }

  /** @throws DatabaseFailure when the server is read-only by now: it rolls the changes back */
  commit(): void {
    this.requireOpen();
    if (this.#changed && this.isReadOnly) {
      this.rollBack();
      this.requireWritable();
    }
    this.#state = "committed";
    if (this.#changed) for (const row of this.#changed) row.commit();
    this.#releaseAll();
  }

  /** Rolls everything back. A waiting statement fails. A second call does nothing. */
  rollBack(): void {
    this.fail(new DatabaseFailure("other", "the transaction was rolled back"));
  }

  fail(error: Error): void {
    if (this.#state !== "open") return;
    this.#state = "rolled back";
    if (error instanceof ConnectionLostError) this.#lost = error;
    const waited = this.waitsFor;
    this.waitsFor = undefined;
    waited?.refuse(this, error);
    this.undoTo(0);
    this.#releaseAll();
  }

  /** Implements innodb_lock_wait_timeout with innodb_rollback_on_timeout. */
  failAfterLockWait(granted: AbortSignal): void {
    void this.#clock.sleep(this.#lockWaitMs, granted).then(() => {
      if (granted.aborted || !this.waitsFor) return;
      this.fail(new DatabaseFailure("lock-wait", "the lock-wait timeout expired"));
    });
  }

  #releaseAll(): void {
    this.#server.ended?.(this);
    const held = this.#locks;
    this.#locks = undefined;
    if (held) for (const lock of held) lock.release(this);
  }
}
