import cron from "node-cron";
import type { Logger } from "../../ports/observability.ts";
import type { Scheduler } from "../../ports/scheduler.ts";

/**
 * Runs scheduled jobs with node-cron. Sets two options that node-cron does not set by default:
 * times are in UTC, and a job never runs twice at the same time.
 */
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
              "A scheduled job failed; it runs again at its next scheduled time",
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

/** Writes node-cron's own messages to our log. By default node-cron writes them to the console. */
function loggerOf(job: string, log: Logger) {
  const debug = (message: string | Error): void =>
    log.debug(
      { event: "job.scheduler_message", job, text: String(message) },
      "The library node-cron logged a message",
    );
  const warn = (message: string | Error): void =>
    log.warn(
      { event: "job.scheduler_warning", job, text: String(message) },
      "The library node-cron logged a warning or an error",
    );
  return { debug, info: debug, warn, error: warn };
}
