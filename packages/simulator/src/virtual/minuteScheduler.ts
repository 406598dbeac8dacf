import assert from "node:assert/strict";
import type { CoreContext } from "@onsale/core";

const MINUTE_MS = 60_000;

/**
 * Calls jobs by the given clock. Supports only the cron expressions that the product uses: a minute
 * or `*`, then four times `*`.
 */
export function minuteScheduler(clock: CoreContext["clock"]): CoreContext["scheduler"] {
  return {
    schedule(_name, cron, work) {
      const minute = minuteOf(cron);
      const stopping = new AbortController();
      let running: Promise<void> = Promise.resolve();

      async function tick(): Promise<void> {
        while (!stopping.signal.aborted) {
          const nowMs = clock.nowMs();
          const nextMs = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
          await clock.sleep(nextMs - nowMs, stopping.signal);
          if (stopping.signal.aborted) return;
          if (minute === "*" || new Date(nextMs).getUTCMinutes() === minute) {
            running = work().catch(() => undefined);
            await running;
          }
        }
      }

      void tick();
      return {
        async stop() {
          stopping.abort();
          await running;
        },
      };
    },
  };
}

function minuteOf(cron: string): number | "*" {
  const [, minute] = /^(\*|\d{1,2}) \* \* \* \*$/.exec(cron) ?? [];
  assert(minute !== undefined, `the virtual clock does not support ${cron}`);
  return minute === "*" ? "*" : Number(minute);
}
