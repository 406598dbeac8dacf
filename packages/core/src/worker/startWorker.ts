import { deliverNotifications } from "../notification/deliverNotifications.ts";
import { notifyReservations } from "../notification/notifyReservations.ts";
import { observeOutbox } from "../outbox/observeOutbox.ts";
import { outboxRelay } from "../outbox/outboxRelay.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { promoteWaiting } from "../queue/promoteWaiting.ts";
import { EXPIRY_BATCH_MAX, releaseExpiredHolds } from "../reservation/releaseExpiredHolds.ts";
import { type BackgroundLoop, backgroundLoop } from "../shared/backgroundLoop.ts";
import { cleanUp } from "./cleanUp.ts";
import { reconcile } from "./reconcile.ts";
import { type CoarseJob, runScheduledJob } from "./runScheduledJob.ts";

export interface Worker {
  /** Lets the relay look for new messages now; for a process that also commits them. */
  nudge(): void;
  /** Waits for the iterations in flight; safe to call twice. */
  stop(): Promise<void>;
}

/** After a failed iteration: short enough to be back soon, long enough not to flood the log. */
const FAILURE_MS = 1_000;
/** How often the state of the outbox is measured, for graphs and alerts. */
const OBSERVE_MS = 10_000;
/** Between two looks for notifications that are due. */
const DELIVERY_MS = 500;

const JOBS: readonly CoarseJob<CoreContext>[] = [cleanUp, reconcile];

/**
 * Starts everything that goes on by itself: promotion, expiry of holds, the outbox relay, the
 * notifier and its deliveries, scheduled jobs. Servers may be away; each part goes on when they are
 * back.
 */
export function startWorker(core: CoreContext): Worker {
  const owner = core.ids.uuid();
  const stopping = new AbortController();
  const relay = outboxRelay(core);
  const relayLoop = loop(core, "outbox-relay", core.config.outbox.pollMs, relay.runOnce);
  const loops = [
    relayLoop,
    loop(core, "promotion", core.config.queue.promoteMs, () => promoteAll(core)),
    loop(core, "hold-expiry", core.config.hold.sweepMs, async () => {
      const expired = await releaseExpiredHolds(core);
      if (expired > 0) relayLoop.nudge();
      return expired === EXPIRY_BATCH_MAX;
    }),
    loop(core, "notification-delivery", DELIVERY_MS, () => deliverNotifications(core)),
    loop(core, "outbox-observation", OBSERVE_MS, async () => {
      await observeOutbox(core);
      return false;
    }),
  ];
  for (const each of loops) each.start();
  const notifier = notifyReservations(core);
  const jobs = JOBS.map((job) =>
    core.scheduler.schedule(job.name, job.cron, () =>
      runScheduledJob(core, job, owner, stopping.signal),
    ),
  );

  async function stopAll(): Promise<void> {
    stopping.abort();
    await Promise.all([
      ...loops.map((each) => each.stop()),
      ...jobs.map((each) => each.stop()),
      notifier.then((consumer) => consumer.stop()),
    ]);
    await relay.release().catch((error: unknown) => {
      // The database is away; the leases run out by themselves.
      core.log.warn({ reason: reasonOf(error) }, "The relay could not give its buckets back");
    });
  }

  let stopped: Promise<void> | undefined;
  return {
    nudge: () => relayLoop.nudge(),
    stop() {
      stopped ??= stopAll();
      return stopped;
    },
  };
}

function loop(
  core: CoreContext,
  name: string,
  idleMs: number,
  runOnce: (signal: AbortSignal) => Promise<boolean>,
): BackgroundLoop {
  return backgroundLoop({
    name,
    clock: core.clock,
    idleMs,
    failureMs: FAILURE_MS,
    runOnce,
    onError(error) {
      core.metrics.count("loop_failures_total", { loop: name });
      core.log.warn(
        { loop: name, reason: reasonOf(error) },
        "An iteration failed; the loop goes on",
      );
    },
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One queue that cannot be promoted must not keep the others waiting. */
async function promoteAll(core: CoreContext): Promise<boolean> {
  const queueIds = await core.admissions.listQueueIds(null);
  const results = await Promise.allSettled(
    queueIds.map((queueId) => promoteWaiting(core, { queueId })),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return false;
}
