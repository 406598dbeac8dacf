import { type Clock, OverloadedError } from "@onsale/core";
import type { Middleware } from "../http/state.ts";

export interface WorkBound {
  /** @throws OverloadedError at once while every slot is taken */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** @throws OverloadedError when `run` would refuse now */
  requireFree(): void;
  /** The number of slots that are taken, also by work that was answered already. */
  count(): number;
  /** True while work that does not end leaves too few slots for the traffic. */
  isStuck(): boolean;
}

/** Stuck slots up to this share leave room for traffic; a restart would cost more than it gains. */
const STUCK_SHARE_MAX = 0.9;

/**
 * Bounds the work in flight. While every slot is taken, further requests are refused at once, so
 * that the requests at work keep their latency. Work whose deadline passed keeps its slot until the
 * work really ends.
 * @param stuckAfterMs work of this age counts as work that does not end
 */
export function inFlight(max: number, clock: Clock, stuckAfterMs: number): WorkBound {
  // Work that began earlier comes first.
  const begun = new Set<{ readonly sinceMs: number }>();
  const stuckMin = Math.ceil(max * STUCK_SHARE_MAX);
  function requireFree(): void {
    if (begun.size >= max) throw new OverloadedError();
  }
  return {
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

/** Refuses a request while every slot is taken, before anything is read or verified for it. */
export function shedWhenFull(bound: WorkBound): Middleware {
  return (_ctx, next) => {
    bound.requireFree();
    return next();
  };
}
