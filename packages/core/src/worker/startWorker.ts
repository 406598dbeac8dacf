import { deliverNotifications } from "../notification/deliverNotifications.ts";
import { notifyReservations } from "../notification/notifyReservations.ts";
import { observeLag } from "../notification/observeLag.ts";
import { observeOutbox } from "../outbox/observeOutbox.ts";
import { outboxRelay, ROUND_MS_MIN } from "../outbox/outboxRelay.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { promoteWaiting } from "../queue/promoteWaiting.ts";
import { EXPIRY_BATCH_MAX, releaseExpiredHolds } from "../reservation/releaseExpiredHolds.ts";
import { projectSales } from "../sales/projectSales.ts";
import { type BackgroundLoop, backgroundLoop } from "../shared/backgroundLoop.ts";
import { cleanUp } from "./cleanUp.ts";
import { HEARTBEAT_MS, heartbeat } from "./heartbeat.ts";
import { reconcile } from "./reconcile.ts";
import { reconcileSales } from "./reconcileSales.ts";
import { type CoarseJob, runScheduledJob } from "./runScheduledJob.ts";

export interface Worker {
  /** Starts the relay's next iteration now. For a process that commits messages itself. */
  nudge(): void;
  /** Waits for the running iterations. A second call has no effect. */
  stop(): Promise<void>;
}

/**
 * Pause after a failed iteration: short, so that the loop recovers soon, but long enough to limit
 * the number of log lines.
 */
const FAILURE_MS = 1_000;
/** Pause between two measurements of the outbox for graphs and alerts. */
const OBSERVE_MS = 10_000;
/** Pause between two reads of the consumers' lag. Each read opens a connection to the broker. */
const LAG_MS = 30_000;
/** Pause between two reads of due notifications. */
const DELIVERY_MS = 500;

const LEASES_STAY = "The relay could not release its bucket leases; they expire by themselves";
const WORKER_STAYS =
  "Could not remove the worker from the list of workers; `onsale doctor` shows it for a day";

const JOBS: readonly CoarseJob<CoreContext>[] = [cleanUp, reconcile, reconcileSales];

/**
 * Starts all background work: promotion, expiry of holds, the outbox relay, the notifier and its
 * deliveries, the sales projection, scheduled jobs. When a server was unavailable, every part
 * continues as soon as the server answers again.
 */
export function startWorker(core: CoreContext): Worker {
  const owner = core.ids.uuid();
  const stopping = new AbortController();
  const relay = outboxRelay(core, owner);
  const life = heartbeat(core, owner);
  const watched = (
    name: string,
    idleMs: number,
    runOnce: (signal: AbortSignal) => Promise<boolean>,
    intervalMinMs = 0,
  ) => loop(core, name, idleMs, life.watch(name, runOnce), intervalMinMs);
  const relayLoop = watched("outbox-relay", core.config.outbox.pollMs, relay.runOnce, ROUND_MS_MIN);
  const loops = [
    relayLoop,
    watched("promotion", core.config.queue.promoteMs, () => promoteAll(core)),
    watched("hold-expiry", core.config.hold.sweepMs, async () => {
      const expired = await releaseExpiredHolds(core);
      if (expired > 0) relayLoop.nudge();
      return expired === EXPIRY_BATCH_MAX;
    }),
    watched("notification-delivery", DELIVERY_MS, () => deliverNotifications(core)),
    loop(core, "heartbeat", HEARTBEAT_MS, onceEach(life.beat)),
    loop(
      core,
      "outbox-observation",
      OBSERVE_MS,
      onceEach(() => observeOutbox(core)),
    ),
    loop(
      core,
      "lag-observation",
      LAG_MS,
      onceEach(() => observeLag(core)),
    ),
  ];
  for (const each of loops) each.start();
  const consumers = [notifyReservations(core), projectSales(core)];
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
      ...consumers.map(async (consumer) => (await consumer).stop()),
    ]);
    // When the database is unavailable, the leases are not released; they expire.
    await relay.release().catch(warning(core, "relay.release_failed", LEASES_STAY));
    await life.end().catch(warning(core, "worker.deregister_failed", WORKER_STAYS));
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
  intervalMinMs = 0,
): BackgroundLoop {
  return backgroundLoop({
    name,
    clock: core.clock,
    idleMs,
    intervalMinMs,
    failureMs: FAILURE_MS,
    runOnce,
    onError(error) {
      core.metrics.count("loop_failures_total", { loop: name });
      core.log.warn(
        { event: "loop.iteration_failed", loop: name, reason: reasonOf(error) },
        "An iteration of a background loop failed; the loop continues",
      );
    },
  });
}

/** The iteration of a loop that never has more work before its pause. */
function onceEach(work: () => Promise<unknown>): () => Promise<boolean> {
  return async () => {
    await work();
    return false;
  };
}

/** Returns a function that logs an error and lets the caller continue. */
function warning(core: Pick<CoreContext, "log">, event: string, text: string) {
  return (error: unknown) => core.log.warn({ event, reason: reasonOf(error) }, text);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A queue whose promotion fails must not delay the other queues. */
async function promoteAll(core: CoreContext): Promise<boolean> {
  const queueIds = await core.admissions.listQueueIds(null);
  const results = await Promise.allSettled(
    queueIds.map((queueId) => promoteWaiting(core, { queueId })),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return false;
}
