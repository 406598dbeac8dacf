import { DatabaseFailure } from "./databaseFailures.ts";

/** A shared lock prevents writes to the row; an exclusive lock also prevents other locks. */
export type LockMode = "shared" | "exclusive";

/** The action of a statement when another transaction holds the row lock. */
export type LockWait = "wait" | "skip" | "nowait";

/** The parts of a transaction that row locks use. */
export interface LockOwner {
  /** The lock that the transaction's statement waits for. */
  waitsFor: RowLock | undefined;
  /** The amount of work that a rollback would lose. A deadlock's victim has the smallest amount. */
  readonly weight: number;
  /** Records a lock that the transaction holds until it ends. */
  noteLock(lock: RowLock): void;
  /** Rolls the transaction back. A waiting statement of the transaction fails with the error. */
  fail(error: Error): void;
  /**
   * Rolls the transaction back at the lock-wait timeout.
   * @param granted aborted when the lock is granted, which ends the timeout
   */
  failAfterLockWait(granted: AbortSignal): void;
}

interface Holder {
  readonly owner: LockOwner;
  readonly mode: LockMode;
}

interface Waiter {
  readonly owner: LockOwner;
  readonly mode: LockMode;
  readonly grant: () => void;
  readonly refuse: (error: Error) => void;
}

/**
 * An empty list that all locks share, because most locks have no waiter and every write creates a
 * lock.
 */
const NOBODY: readonly Waiter[] = [];

/**
 * The lock of one row. As in InnoDB ("InnoDB Locking", MySQL manual), requests get the lock in the
 * order in which they arrive, and a transaction releases its locks when it ends.
 */
export class RowLock {
  /** One exclusive owner, or all shared owners. The list is short. */
  #holders: readonly Holder[] = [];
  #queue: readonly Waiter[] = NOBODY;
  readonly #onUnused: () => void;

  /** @param onUnused called when no transaction holds the lock or waits for the lock */
  constructor(onUnused: () => void) {
    this.#onUnused = onUnused;
  }

  /** True when the transaction holds the lock in this mode or in a stronger mode. */
  holds(owner: LockOwner, mode: LockMode): boolean {
    for (const held of this.#holders) {
      if (held.owner === owner) return held.mode === "exclusive" || mode === "shared";
    }
    return false;
  }

  /** True when the transaction would get the lock without waiting. */
  isFree(owner: LockOwner, mode: LockMode): boolean {
    if (this.#holders.length === 0 && this.#queue.length === 0) return true;
    if (this.holds(owner, mode)) return true;
    if (this.#isHeldBeside(owner, mode)) return false;
    return this.#queue.every((waiter) => waiter.owner === owner || !excludes(mode, waiter.mode));
  }

  /**
   * Acquires the lock. Returns a promise when the transaction has to wait.
   * @throws DatabaseFailure "restart" for the victim of a deadlock, "lock-wait" after the lock-wait
   *   timeout. In both cases the transaction has been rolled back
   */
  acquire(owner: LockOwner, mode: LockMode): Promise<void> | undefined {
    if (this.isFree(owner, mode)) {
      if (!this.holds(owner, mode)) this.#hold(owner, mode);
      return undefined;
    }
    return this.#wait(owner, mode);
  }

  release(owner: LockOwner): void {
    const isOnlyHolder = this.#holders.length === 1 && this.#holders[0]?.owner === owner;
    this.#holders = isOnlyHolder ? [] : this.#holders.filter((holder) => holder.owner !== owner);
    this.#grantQueued();
    if (this.#holders.length === 0) this.#onUnused();
  }

  /** The transactions that block this waiting transaction. */
  blockersOf(owner: LockOwner): Set<LockOwner> {
    const at = this.#queue.findIndex((waiter) => waiter.owner === owner);
    const waiter = this.#queue[at];
    return waiter ? this.#blockers(owner, waiter.mode, this.#queue.slice(0, at)) : new Set();
  }

  /** Ends a wait without granting the lock. The waiting statement fails with the error. */
  refuse(owner: LockOwner, error: Error): void {
    const waiter = this.#queue.find((one) => one.owner === owner);
    this.#queue = this.#queue.filter((one) => one !== waiter);
    waiter?.refuse(error);
    this.#grantQueued();
  }

  async #wait(owner: LockOwner, mode: LockMode): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#queue = [...this.#queue, { owner, mode, grant: resolve, refuse: reject }];
    owner.waitsFor = this;
    endDeadlocks(owner, this);
    const granted = new AbortController();
    if (owner.waitsFor === this) owner.failAfterLockWait(granted.signal);
    try {
      await promise;
    } finally {
      owner.waitsFor = undefined;
      granted.abort("the wait is over");
    }
  }

  /** Owners, and waiters that arrived earlier, whose lock mode conflicts with this request. */
  #blockers(owner: LockOwner, mode: LockMode, before: readonly Waiter[]): Set<LockOwner> {
    const blockers = new Set<LockOwner>();
    for (const holder of this.#holders) {
      if (holder.owner !== owner && excludes(mode, holder.mode)) blockers.add(holder.owner);
    }
    for (const waiter of before) {
      if (waiter.owner !== owner && excludes(mode, waiter.mode)) blockers.add(waiter.owner);
    }
    return blockers;
  }

  #hold(owner: LockOwner, mode: LockMode): void {
    const own: Holder = { owner, mode };
    this.#holders =
      this.#holders.length === 0
        ? [own]
        : [...this.#holders.filter((holder) => holder.owner !== owner), own];
    owner.noteLock(this);
  }

  /**
   * Grants requests from the head of the queue. A blocked head also blocks the requests behind it.
   */
  #grantQueued(): void {
    for (;;) {
      const head = this.#queue[0];
      if (!head || this.#isHeldBeside(head.owner, head.mode)) return;
      this.#queue = this.#queue.slice(1);
      this.#hold(head.owner, head.mode);
      head.owner.waitsFor = undefined;
      head.grant();
    }
  }

  #isHeldBeside(owner: LockOwner, mode: LockMode): boolean {
    for (const holder of this.#holders) {
      if (holder.owner !== owner && excludes(mode, holder.mode)) return true;
    }
    return false;
  }
}

function excludes(one: LockMode, other: LockMode): boolean {
  return one === "exclusive" || other === "exclusive";
}

/**
 * Ends every deadlock of this wait. A shared lock has many owners, so one wait can cause several
 * deadlocks.
 */
function endDeadlocks(owner: LockOwner, lock: RowLock): void {
  while (owner.waitsFor === lock) {
    const victim = deadlockVictim(owner);
    if (!victim) return;
    victim.fail(new DatabaseFailure("restart", "the transaction is the victim of a deadlock"));
  }
}

/**
 * Chooses the victim when this transaction's wait closes a deadlock cycle: the transaction that has
 * done the least work. When several transactions have done equally little, the victim is the one
 * that started to wait last.
 */
function deadlockVictim(last: LockOwner): LockOwner | undefined {
  const circle = circleThrough(last);
  if (!circle) return undefined;
  return circle.reduce((victim, one) => (one.weight < victim.weight ? one : victim), last);
}

function circleThrough(start: LockOwner): LockOwner[] | undefined {
  const seen = new Set<LockOwner>();

  function walk(from: LockOwner, path: LockOwner[]): LockOwner[] | undefined {
    for (const blocker of from.waitsFor?.blockersOf(from) ?? []) {
      if (blocker === start) return path;
      if (seen.has(blocker)) continue;
      seen.add(blocker);
      const circle = walk(blocker, [...path, blocker]);
      if (circle) return circle;
    }
    return undefined;
  }

  return walk(start, [start]);
}
