/**
 * The virtual scheduler: it owns the time and the order of a simulated sale.
 *
 * The problem: a race depends on which of several waiting operations continues first, and on how
 * long each one takes. A test cannot control this on a real machine. In a simulation every
 * operation waits in the scheduler, which continues exactly one at a time.
 *
 * An operation is in one of three states:
 *
 * - *ready*: it waits for its step (`nextStep`), or its time has come;
 * - *sleeping*: it waits for a time (`sleep`), in a heap by time, then by order of arrival;
 * - *gone*: it has continued, its signal aborted, or its owner (a process) has crashed. An
 *   operation whose owner crashed never continues.
 *
 * One step: collect the sleepers whose time has come, let the chooser pick one ready operation,
 * advance the time by the chooser's `stepMs`, and continue it. The next step starts only when
 * every promise that needs no step has settled. When nothing is ready, the time jumps to the
 * first sleeper.
 *
 * The chooser decides: it draws from the seed's stream or replays recorded choices. Equal
 * choices give equal runs, to the last byte of the trace.
 *
 * A run ends as "over" (`isOver` returned true), "stuck" (no operation is left) or "out of steps".
 *
 * Not promised: CPU time takes no virtual time. An operation that waits outside of the scheduler
 * (for a timer, a thread or a socket) is not ordered, and makes two runs of a seed differ. Tests
 * detect such waits.
 */

/** Owns operations. When an owner has crashed, its operations never continue. */
export interface Owner {
  readonly isAlive: boolean;
}

/** Chooses the operation that continues, by the seed's stream or by a replayed schedule. */
export interface Chooser {
  /**
   * @param count number of ready operations, at least 2, in order of arrival. Some may belong to a
   *   crashed process
   * @returns the index of the chosen operation, from 0
   */
  choose(count: number): number;
  /** Returns the duration of one step, ms. */
  stepMs(): number;
}

/** A waiting operation. */
interface Entry {
  readonly sequence: number;
  readonly owner: Owner;
  readonly atMs: number;
  /** Continues the operation; undefined when it has continued or its signal has aborted. */
  resume: (() => void) | undefined;
}

/**
 * The start of virtual time: a fixed day, so that two runs print the same dates, and some seconds
 * before the minute in which every scheduled job of the product is due.
 */
const EPOCH_MS = Date.parse("2027-01-01T00:16:50Z");

/** How a run ended. The header explains the values. */
export type RunEnd = "over" | "stuck" | "out of steps";

/**
 * A resolved promise, whose `then` runs as a microtask. It costs less than `queueMicrotask`, which
 * tracks each call.
 */
const MICROTASK = Promise.resolve();

export class Scheduler {
  readonly #chooser: Chooser;
  readonly #ready: Entry[] = [];
  readonly #later = new EntryHeap();
  #nowMs = EPOCH_MS;
  #sequence = 0;
  #steps = 0;

  constructor(chooser: Chooser) {
    this.#chooser = chooser;
  }

  /** Milliseconds since the Unix epoch, with fractions. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Milliseconds since the run began. */
  get elapsedMs(): number {
    return this.#nowMs - EPOCH_MS;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Resolves when the chooser picks this operation. */
  nextStep(owner: Owner): Promise<void> {
    return new Promise((resolve) => this.atNextStep(owner, resolve));
  }

  /**
   * Calls the function when the chooser picks this operation. Costs less than `nextStep`, because
   * the operation continues within the step. The function must not throw.
   */
  atNextStep(owner: Owner, resume: () => void): void {
    this.#ready.push({ sequence: this.#next(), owner, atMs: this.#nowMs, resume });
  }

  /** Resolves at a step after the time has come, or immediately when the signal aborts. */
  sleep(owner: Owner, ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const atMs = this.#nowMs + Math.max(0, ms);
      const entry: Entry = { sequence: this.#next(), owner, atMs, resume: resolve };
      this.#later.add(entry);
      if (!signal) return;
      const giveUp = (): void => {
        if (!entry.resume) return;
        entry.resume = undefined;
        resolve();
      };
      entry.resume = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  /**
   * Runs steps until the run ends.
   * @param isOver called before each step
   */
  run(isOver: () => boolean, stepsMax: number): Promise<RunEnd> {
    return new Promise((resolve, reject) => {
      // The next step is a tick that a microtask requests: Node runs it when the microtask queue is
      // empty. By then, every promise that can settle without a step has settled.
      const tick = (): void => process.nextTick(next);
      const whenSettled = (): void => void MICROTASK.then(tick);
      const next = (): void => {
        try {
          const end = isOver() ? "over" : this.#step(stepsMax);
          if (end) resolve(end);
          else whenSettled();
        } catch (error) {
          reject(error);
        }
      };
      whenSettled();
    });
  }

  #step(stepsMax: number): RunEnd | undefined {
    if (this.#steps === stepsMax) return "out of steps";
    const entry = this.#pick();
    if (!entry) return "stuck";
    this.#steps += 1;
    this.#nowMs += this.#chooser.stepMs();
    entry.resume?.();
    entry.resume = undefined;
    return undefined;
  }

  #pick(): Entry | undefined {
    for (;;) {
      this.#collectDue();
      const count = this.#ready.length;
      if (count > 0) {
        const entry = this.#takeReady(count === 1 ? 0 : this.#chooser.choose(count));
        if (entry && isWaiting(entry)) return entry;
        continue;
      }
      const next = this.#later.first();
      if (!next) return undefined;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
    }
  }

  /**
   * Removes an operation and keeps the order of the others. `splice` would make an array, and
   * `copyWithin` is slower than this loop.
   */
  #takeReady(index: number): Entry | undefined {
    const ready = this.#ready;
    const taken = ready[index];
    for (let at = index + 1; at < ready.length; at += 1) {
      const moved = ready[at];
      if (moved) ready[at - 1] = moved;
    }
    ready.pop();
    return taken;
  }

  #collectDue(): void {
    for (;;) {
      const next = this.#later.first();
      if (!next || (next.atMs > this.#nowMs && isWaiting(next))) return;
      this.#later.removeFirst();
      if (isWaiting(next)) this.#ready.push(next);
    }
  }

  #next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }
}

function isWaiting(entry: Entry): boolean {
  return entry.resume !== undefined && entry.owner.isAlive;
}

/** A binary heap (Williams 1964), ordered by time, then by order of arrival. */
class EntryHeap {
  readonly #entries: Entry[] = [];

  first(): Entry | undefined {
    return this.#entries[0];
  }

  add(entry: Entry): void {
    const entries = this.#entries;
    let child = entries.length;
    entries.push(entry);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = entries[parent];
      if (!above || isBefore(above, entry)) break;
      entries[child] = above;
      child = parent;
    }
    entries[child] = entry;
  }

  removeFirst(): void {
    const entries = this.#entries;
    const last = entries.pop();
    if (!last || entries.length === 0) return;
    let parent = 0;
    for (;;) {
      let child = parent * 2 + 1;
      const left = entries[child];
      if (!left) break;
      const right = entries[child + 1];
      let smaller = left;
      if (right && isBefore(right, left)) {
        smaller = right;
        child += 1;
      }
      if (isBefore(last, smaller)) break;
      entries[parent] = smaller;
      parent = child;
    }
    entries[parent] = last;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.sequence < other.sequence);
}
