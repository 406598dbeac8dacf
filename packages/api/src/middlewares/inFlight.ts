import { type Clock, OverloadedError } from "@onsale/core";

export interface WorkBound {
  /** Number of slots. */
  readonly max: number;
  /** Runs the work in a free slot. @throws OverloadedError immediately while every slot is taken */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** @throws OverloadedError when `run` would refuse now */
  requireFree(): void;
  /**
   * Returns the number of taken slots, including those of work whose request has already been
   * answered.
   */
  count(): number;
  /** Returns true when stuck work leaves too few slots for other requests. */
  isStuck(): boolean;
}

/**
 * Share of stuck slots at which the process counts as stuck. Below this share, the remaining slots
 * can serve requests, and a restart would do more harm than good.
 */
const STUCK_SHARE_MAX = 0.9;

/**
 * Bounds the work in flight. While every slot is taken, further requests are refused immediately,
 * so that the latency of the running ones does not grow. Work that has passed its deadline keeps
 * its slot until it really ends.
 * @param stuckAfterMs work that runs longer than this counts as stuck
 */
export function inFlight(max: number, clock: Clock, stuckAfterMs: number): WorkBound {
  // The running work in the order of its start.
  const begun = new Set<{ readonly sinceMs: number }>();
  const stuckMin = Math.ceil(max * STUCK_SHARE_MAX);
  function requireFree(): void {
    if (begun.size >= max) throw new OverloadedError();
  }
  return {
    max,
    requireFree,
    async run(work) {
      requireFree();
      const slot = { sinceMs: clock.monotonicMs() };
      begun.add(slot);
      try {
        return await work();
      } finally {
        begun.delete(slot);
      }
    },
    count: () => begun.size,
    isStuck() {
      if (begun.size < stuckMin) return false;
      const stuckBeforeMs = clock.monotonicMs() - stuckAfterMs;
      const oldest = [...begun].slice(0, stuckMin);
      return oldest.every(({ sinceMs }) => sinceMs <= stuckBeforeMs);
    },
  };
}

/** The slots of a process: requests of waiting buyers take none of the slots of other requests. */
export interface WorkBounds {
  readonly buying: WorkBound;
  readonly waiting: WorkBound;
}
