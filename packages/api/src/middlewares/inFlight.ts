import { OverloadedError } from "@onsale/core";
import type { Middleware } from "../http/state.ts";

export interface InFlight {
  readonly middleware: Middleware;
  /** How much is being worked on now, answered or not. */
  count(): number;
}

/**
 * Bounds the work in flight. Beyond the bound a request is refused at once, so that those inside
 * keep their latency. Work whose deadline passed still counts until it really ends.
 */
export function inFlight(max: number): InFlight {
  let count = 0;
  return {
    async middleware(_ctx, next) {
      if (count >= max) throw new OverloadedError();
      count += 1;
      try {
        await next();
      } finally {
        count -= 1;
      }
    },
    count: () => count,
  };
}
