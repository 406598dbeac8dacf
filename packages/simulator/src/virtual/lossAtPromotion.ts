import type { CoreContext } from "@onsale/core";
import type { Owner, Scheduler } from "./scheduler.ts";

/**
 * Loses the Redis state between a promotion and its record: Redis has answered with the admitted
 * buyers, MySQL does not have them yet, and the process pauses. Meanwhile another process rebuilds
 * the queue without these admissions, so their record must be refused.
 */
export interface LossAtPromotion {
  /** Prepares one loss. @param lose called after the next promotion that admits a buyer */
  prepare(ms: number, lose: () => void): void;
  /** Returns the queue of a process, in which a prepared loss happens. */
  queueOf(process: Owner, queue: CoreContext["queue"]): CoreContext["queue"];
}

export function lossAtPromotion(scheduler: Scheduler): LossAtPromotion {
  const prepared: { readonly ms: number; readonly lose: () => void }[] = [];
  return {
    prepare: (ms, lose) => void prepared.push({ ms, lose }),
    queueOf: (process, queue) => ({
      ...queue,
      async promote(queueId, max, bounds) {
        const result = await queue.promote(queueId, max, bounds);
        const loss = "movedCount" in result && result.movedCount > 0 ? prepared.shift() : undefined;
        if (!loss) return result;
        loss.lose();
        await scheduler.sleep(process, loss.ms);
        return result;
      },
    }),
  };
}
