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
        {
          name,
          timezone: "UTC",
          noOverlap: true,
          suppressMissedWarning: true,
          logger: loggerOf(name, log),
        },
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

/** The library would write to the console. */
function loggerOf(job: string, log: Logger) {
  return {
    debug: (message: string | Error) => log.debug({ job }, String(message)),
    info: (message: string) => log.debug({ job }, message),
    warn: (message: string) => log.warn({ job }, message),
    error: (message: string | Error) => log.warn({ job }, String(message)),
  };
}
