import type { Clock } from "../../shared/clock.ts";

/** How often the clock is read. The result with the shortest round trip has the smallest error. */
const READINGS = 5;

/**
 * Compares a server's clock with the clock of this process.
 * @param readMs asks the server for its time, ms since the Unix epoch
 */
export async function measureSkew(
  clock: Pick<Clock, "nowMs" | "monotonicMs">,
  readMs: () => Promise<number>,
): Promise<{ roundTripMs: number; clockSkewMs: number }> {
  let best = { roundTripMs: Number.POSITIVE_INFINITY, clockSkewMs: 0 };
  for (let reading = 0; reading < READINGS; reading += 1) {
    const askedMs = clock.nowMs();
    const startedMs = clock.monotonicMs();
    const serverMs = await readMs();
    const roundTripMs = clock.monotonicMs() - startedMs;
    if (roundTripMs < best.roundTripMs) {
      best = { roundTripMs, clockSkewMs: serverMs - (askedMs + roundTripMs / 2) };
    }
  }
  return best;
}
