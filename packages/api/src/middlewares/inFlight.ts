import { OverloadedError } from "@onsale/core";
import type { Middleware } from "../http/state.ts";

export interface WorkBound {
  /** @throws OverloadedError at once when as much as the bound is under way */
  run(work: () => Promise<void>): Promise<void>;
  /** How much is being worked on now, answered or not. */
  count(): number;
}

/**
 * Bounds the work in flight. Beyond the bound a request is refused at once, so that those inside
 * keep their latency. Work whose deadline passed still counts until it really ends.
 */
export function inFlight(max: number): WorkBound {
  let count = 0;
  return {
    async run(work) {
      if (count >= max) throw new OverloadedError();
      count += 1;
      try {
        await work();
      } finally {
        count -= 1;
      }
    },
    count: () => count,
  };
}

/** Keeps the requests behind it within the bound. */
export function boundWork(bound: WorkBound): Middleware {
  return (_ctx, next) => bound.run(next);
}
