import { RunLostError } from "../operations/errors.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { CoreError } from "../shared/errors.ts";

/** A third of the lease of a run, so that two renewals in a row may fail. */
const RENEW_MS = 3_000;

/**
 * Keeps the lease of a run while a person, or a drill, works. The work can make MySQL unavailable
 * for a time: then the lease is taken again afterwards, if no other run has had it.
 * @param withinMs longest time until MySQL answers again
 * @throws RunLostError, DependencyUnavailableError: the same job continues
 */
export async function keepLease<T>(
  core: Pick<CoreContext, "clock">,
  renew: () => Promise<void>,
  withinMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const renewing = renewUntil(core, renew, ended.signal);
  try {
    return await work();
  } finally {
    ended.abort();
    await renewing;
    await renewAgain(core, renew, withinMs);
  }
}

async function renewUntil(
  { clock }: Pick<CoreContext, "clock">,
  renew: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await clock.sleep(RENEW_MS, signal);
    if (signal.aborted) return;
    // The renewal after the work decides whether the run is lost.
    await renew().catch(() => undefined);
  }
}

async function renewAgain(
  { clock }: Pick<CoreContext, "clock">,
  renew: () => Promise<void>,
  withinMs: number,
): Promise<void> {
  const untilMs = clock.monotonicMs() + withinMs;
  for (;;) {
    try {
      return await renew();
    } catch (error) {
      const mayPass =
        error instanceof CoreError && error.retryable && !(error instanceof RunLostError);
      if (!mayPass || clock.monotonicMs() >= untilMs) throw error;
      await clock.sleep(RENEW_MS);
    }
  }
}
