/** Whose continuation it is: what belongs to a process that died never goes on. */
export interface Owner {
  readonly isAlive: boolean;
}

/** Decides who goes on; the seed's chance, or a schedule that is replayed. */
export interface Chooser {
  /**
   * @param count how many wait to go on, at least 2, in the order of their coming; who died
   *   waiting is among them
   * @returns which one, from 0
   */
  choose(count: number): number;
  /** How long one step takes, ms. */
  stepMs(): number;
}

/** Something that could go on. */
interface Entry {
  readonly sequence: number;
  readonly owner: Owner;
  readonly atMs: number;
  /** Undefined once it went on or was given up. */
  resume: (() => void) | undefined;
}

/**
 * Where virtual time begins: a fixed day, so that two runs print the same dates, and some seconds
 * before the minute in which every scheduled job of the product is due.
 */
const EPOCH_MS = Date.parse("2027-01-01T00:16:50Z");

/** How a run ended; "stuck" when nobody could go on any more. */
export type RunEnd = "over" | "stuck" | "out of steps";

/** What is chained to it runs as a microtask; cheaper than `queueMicrotask`, which tracks each. */
const MICROTASK = Promise.resolve();

/**
 * Owns time and order: everything that waits, for its turn or for a time, waits here, one goes on
 * after the other, and time stands still but for the steps and for the wait of everybody. Nothing
 * of a run may wait elsewhere (timers, threads, sockets).
 */
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

  /** Resolves when it is chosen among all that could go on. */
  nextStep(owner: Owner): Promise<void> {
    return new Promise((resume) => {
      this.#ready.push({ sequence: this.#next(), owner, atMs: this.#nowMs, resume });
    });
  }

  /** Resolves when it is chosen after the time has passed; at once when the signal aborts. */
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
   * Lets one after the other go on until the run is over.
   * @param isOver asked after each step
   */
  run(isOver: () => boolean, stepsMax: number): Promise<RunEnd> {
    return new Promise((resolve, reject) => {
      // Node runs a tick that a microtask asked for after the microtask queue has run dry: all
      // promises that can settle without a turn have then done so.
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
        const [entry] = this.#ready.splice(count === 1 ? 0 : this.#chooser.choose(count), 1);
        if (entry && isWaiting(entry)) return entry;
        continue;
      }
      const next = this.#later.first();
      if (!next) return undefined;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
    }
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

/** A binary heap (Williams 1964) by time, then by coming. */
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
