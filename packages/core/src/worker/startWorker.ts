import { deliverNotifications } from "../notification/deliverNotifications.ts";
import { notifyReservations } from "../notification/notifyReservations.ts";
import { outboxRelay } from "../outbox/outboxRelay.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { promoteWaiting } from "../queue/promoteWaiting.ts";
import { EXPIRY_BATCH_MAX, releaseExpiredHolds } from "../reservation/releaseExpiredHolds.ts";
import { type BackgroundLoop, backgroundLoop } from "../shared/backgroundLoop.ts";

export interface Worker {
  /** Waits for the turns in flight; safe to call twice. */
  stop(): Promise<void>;
}

/** After a failed turn: short enough to be back soon, long enough not to flood the log. */
const FAILURE_MS = 1_000;

/** Starts the loops that move the sale along. Servers may be away; each loop goes on when they are back. */
export function startWorker(core: CoreContext): Worker {
  const relay = outboxRelay(core);
  const loops = [
    loop(core, "promotion", core.config.queue.promoteMs, () => promoteAll(core)),
    loop(core, "hold-expiry", core.config.hold.sweepMs, async () => {
      return (await releaseExpiredHolds(core)) === EXPIRY_BATCH_MAX;
    }),
    loop(core, "outbox-relay", core.config.outbox.pollMs, (signal) => relay.turn(signal)),
    loop(core, "notification-delivery", core.config.outbox.pollMs, () =>
      deliverNotifications(core),
    ),
  ];
  for (const each of loops) each.start();
  const notifier = notifyReservations(core);
  let stopping: Promise<void> | undefined;
  async function stopAll(): Promise<void> {
    await Promise.all([
      ...loops.map((each) => each.stop()),
      notifier.then((consumer) => consumer.stop()),
    ]);
    await relay.release();
  }
  return {
    stop() {
      stopping ??= stopAll();
      return stopping;
    },
  };
}

function loop(
  core: CoreContext,
  name: string,
  idleMs: number,
  turn: (signal: AbortSignal) => Promise<boolean>,
): BackgroundLoop {
  return backgroundLoop({
    name,
    clock: core.clock,
    idleMs,
    failureMs: FAILURE_MS,
    turn,
    onError(error) {
      core.metrics.count("loop_failures_total", { loop: name });
      const reason = error instanceof Error ? error.message : String(error);
      core.log.warn({ loop: name, reason }, "A turn failed; the loop goes on");
    },
  });
}

async function promoteAll(core: CoreContext): Promise<boolean> {
  for (const queueId of await core.admissions.listQueueIds(null)) {
    await promoteWaiting(core, { queueId });
  }
  return false;
}
