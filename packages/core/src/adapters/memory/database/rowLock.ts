import { DatabaseFailure } from "./databaseFailures.ts";

/** A shared lock keeps the row from changing; an exclusive one keeps others from locking it. */
export type LockMode = "shared" | "exclusive";

/** What to do about a row that another transaction holds. */
export type LockWait = "wait" | "skip" | "nowait";

/** A transaction, to its locks. */
export interface LockOwner {
  /** What it has until its end. */
  readonly locks: Set<RowLock>;
  /** The lock that its statement waits for. */
  waitsFor: RowLock | undefined;
  /** What a deadlock's victim is chosen by: the work that would be lost. */
  readonly weight: number;
  /** Ends the transaction; a statement of it that waits fails with the error. */
  fail(error: Error): void;
  /** Fails it unless the signal comes before the longest wait is over. */
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

/** Most locks are never waited for, and a row has one each time it is written. */
const NOBODY: readonly Waiter[] = [];

/**
 * The lock of one row: granted in the order of asking, released at the end of the transaction, as
 * InnoDB does it ("InnoDB Locking", MySQL manual).
 */
export class RowLock {
  /** One, or those who share it; hardly ever more than a few. */
  #holders: readonly Holder[] = [];
  #queue: readonly Waiter[] = NOBODY;
  readonly #onUnused: () => void;

  /** @param onUnused called when nobody holds the lock or waits for it any more */
  constructor(onUnused: () => void) {
    this.#onUnused = onUnused;
  }

  /** Whether the transaction has the lock, in this mode or a stronger one. */
  holds(owner: LockOwner, mode: LockMode): boolean {
    const held = this.#holders.find((holder) => holder.owner === owner)?.mode;
    return held === "exclusive" || (held === "shared" && mode === "shared");
  }

  /** Whether the transaction could have the lock without waiting. */
  isFree(owner: LockOwner, mode: LockMode): boolean {
    if (this.holds(owner, mode)) return true;
    if (this.#isHeldBeside(owner, mode)) return false;
    return this.#queue.every((waiter) => waiter.owner === owner || !excludes(mode, waiter.mode));
  }

  /**
   * Takes the lock, after waiting for it if need be.
   * @throws DatabaseFailure "restart" for the victim of a deadlock, "lock-wait" when it took too
   *   long; either way the transaction has been rolled back
   */
  acquire(owner: LockOwner, mode: LockMode): Promise<void> | undefined {
    if (this.isFree(owner, mode)) {
      if (!this.holds(owner, mode)) this.#hold(owner, mode);
      return undefined;
    }
    return this.#wait(owner, mode);
  }

  release(owner: LockOwner): void {
    this.#holders = this.#holders.filter((holder) => holder.owner !== owner);
    this.#grantQueued();
    if (this.#holders.length === 0) this.#onUnused();
  }

  /** Those for whom a waiting transaction waits. */
  blockersOf(owner: LockOwner): Set<LockOwner> {
    const at = this.#queue.findIndex((waiter) => waiter.owner === owner);
    const waiter = this.#queue[at];
    return waiter ? this.#blockers(owner, waiter.mode, this.#queue.slice(0, at)) : new Set();
  }

  /** Ends a wait without the lock; the statement that waits fails with the error. */
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

  /** Who holds, or asked before for, what excludes this request. */
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
    const others = this.#holders.filter((holder) => holder.owner !== owner);
    this.#holders = [...others, { owner, mode }];
    owner.locks.add(this);
  }

  /** The head of the queue decides: whatever keeps it waiting keeps those behind it waiting. */
  #grantQueued(): void {
    for (;;) {
      const [head] = this.#queue;
      if (!head || this.#isHeldBeside(head.owner, head.mode)) return;
      this.#queue = this.#queue.slice(1);
      this.#hold(head.owner, head.mode);
      head.owner.waitsFor = undefined;
      head.grant();
    }
  }

  #isHeldBeside(owner: LockOwner, mode: LockMode): boolean {
    return this.#holders.some((holder) => holder.owner !== owner && excludes(mode, holder.mode));
  }
}

function excludes(one: LockMode, other: LockMode): boolean {
  return one === "exclusive" || other === "exclusive";
}

/** One wait may close several circles: behind a shared lock there can be many. */
function endDeadlocks(owner: LockOwner, lock: RowLock): void {
  while (owner.waitsFor === lock) {
    const victim = deadlockVictim(owner);
    if (!victim) return;
    victim.fail(new DatabaseFailure("restart", "the transaction lost in a deadlock"));
  }
}

/**
 * The transaction that must go when this one's wait closes a circle: the one that has done least,
 * and among equals the one that came last to wait.
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
