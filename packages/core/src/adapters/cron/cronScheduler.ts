import cron from "node-cron";
import type { Logger } from "../../ports/observability.ts";
import type { Scheduler } from "../../ports/scheduler.ts";

/**
 * The machine's calendar, through node-cron: it overlaps by default and takes the local time zone.
 */
export function cronScheduler(log: Logger): Scheduler {
  return {
    schedule(name, expression, work) {
      let running: Promise<void> = Promise.resolve();
      const task = cron.schedule(
        expression,
        () => {
          running = work().catch((error: unknown) => {
            log.warn({ job: name, reason: String(error) }, "A scheduled job failed");
          });
          return running;
        },
        { name, timezone: "UTC", noOverlap: true, suppressMissedWarning: true },
      );
      return {
        async stop() {
          await task.destroy();
          await running;
        },
      };
    },
  };
}
