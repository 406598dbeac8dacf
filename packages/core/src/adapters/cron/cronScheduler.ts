import cron from "node-cron";
import type { Logger } from "../../ports/observability.ts";
import type { Scheduler } from "../../ports/scheduler.ts";

/** Scheduled jobs by node-cron, in UTC and without overlapping runs; neither is its default. */
export function cronScheduler(log: Logger): Scheduler {
  return {
    schedule(name, expression, work) {
      let running: Promise<void> = Promise.resolve();
      const task = cron.schedule(
        expression,
        () => {
          running = work().catch((error: unknown) => {
            log.warn(
              { event: "job.failed", job: name, reason: String(error) },
              "A scheduled job failed; it runs again at its next tick",
            );
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

/** Writes the library's own messages to our log; by default the library writes to the console. */
function loggerOf(job: string, log: Logger) {
  const debug = (message: string | Error): void =>
    log.debug(
      { event: "job.scheduler_message", job, text: String(message) },
      "The scheduler reports a message",
    );
  const warn = (message: string | Error): void =>
    log.warn(
      { event: "job.scheduler_warning", job, text: String(message) },
      "The scheduler reports a problem",
    );
  return { debug, info: debug, warn, error: warn };
}
