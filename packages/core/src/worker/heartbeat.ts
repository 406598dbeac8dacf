import type { CoreContext } from "../ports/coreContext.ts";

/** Pause between two signs of life of a worker. */
export const HEARTBEAT_MS = 2_000;

/** Records when each loop of a worker last completed an iteration, and reports it to MySQL. */
export interface Heartbeat {
  /** Registers the loop and wraps its iteration; only an iteration that succeeds counts. */
  watch<A extends readonly unknown[]>(
    loop: string,
    runOnce: (...args: A) => Promise<boolean>,
  ): (...args: A) => Promise<boolean>;
  beat(): Promise<void>;
  /** Removes the worker's record, because the worker stops and did not die. */
  end(): Promise<void>;
}

/** @param id the worker's id; a restarted worker has another one */
export function heartbeat(
  core: Pick<CoreContext, "clock" | "workers" | "processName">,
  id: string,
): Heartbeat {
  const completedMs = new Map<string, number>();
  return {
    watch(loop, runOnce) {
      completedMs.set(loop, core.clock.monotonicMs());
      return async (...args) => {
        const hasMore = await runOnce(...args);
        completedMs.set(loop, core.clock.monotonicMs());
        return hasMore;
      };
    },
    async beat() {
      const nowMs = core.clock.monotonicMs();
      const loops = Object.fromEntries(
        [...completedMs].map(([loop, atMs]) => [loop, Math.round(nowMs - atMs)]),
      );
      await core.workers.beat({ id, processName: core.processName, loops });
    },
    end: () => core.workers.remove(id),
  };
}
