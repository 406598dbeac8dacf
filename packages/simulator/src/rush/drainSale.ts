import { type CoreContext, checkInvariants } from "@onsale/core";

export interface DrainOutcome {
  readonly drained: boolean;
  readonly tookMs: number;
  /** Number of messages that the relay has not published. */
  readonly pending: number;
}

/**
 * Time limit of the drain. A relay retries within a minute after a failure of the broker, so a
 * longer wait means that the relay makes no progress.
 */
const DRAIN_MAX_MS = 60_000;
const LOOK_EVERY_MS = 200;

/** Waits until every message is published and applied by the notifier. */
export async function drainSale(
  core: CoreContext,
  signal: AbortSignal,
  onPending: (pending: number) => void,
): Promise<DrainOutcome> {
  const { clock } = core;
  const startedMs = clock.monotonicMs();
  for (;;) {
    const { pending } = await core.outbox.backlog(null);
    onPending(pending);
    const tookMs = clock.monotonicMs() - startedMs;
    if (pending === 0 && (await effectsApplied(core))) return { drained: true, tookMs, pending };
    if (tookMs > DRAIN_MAX_MS || signal.aborted) return { drained: false, tookMs, pending };
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

async function effectsApplied(core: CoreContext): Promise<boolean> {
  const { holds } = await checkInvariants(core, { ids: ["I5"], drained: true });
  return holds;
}
