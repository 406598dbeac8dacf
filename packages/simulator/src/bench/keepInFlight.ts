import { build, type Histogram } from "hdr-histogram-js";

/** The outcome of one request: accepted, or refused with a code. */
export type Outcome = "accepted" | { readonly refused: string };

export interface RoundResult {
  readonly accepted: number;
  readonly refused: number;
  /** Number of refusals by code. */
  readonly refusedBy: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly elapsedMs: number;
  readonly acceptedPerSecond: number;
  /** Latency of accepted requests from their intended start, ms. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** The message of the first failure, to find its cause. */
  readonly firstFailure: string | undefined;
}

/** Sends one request; rejects when the request is neither accepted nor refused. */
export type Attempt = (index: number) => Promise<Outcome>;

const MICROSECONDS_PER_MS = 1000;
/** A minute in µs, more than the request timeout of a benchmark. */
const LATENCY_MAX_US = 60_000_000;

class Tally {
  readonly latency: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LATENCY_MAX_US,
    numberOfSignificantValueDigits: 3,
  });
  readonly counts = { accepted: 0, refused: 0, failed: 0 };
  readonly refusedBy: Record<string, number> = {};
  firstFailure: string | undefined;

  async run(attempt: Attempt, index: number, intendedAtMs: number): Promise<void> {
    let outcome: Outcome;
    try {
      outcome = await attempt(index);
    } catch (error) {
      this.counts.failed += 1;
      this.firstFailure ??= error instanceof Error ? error.message : String(error);
      return;
    }
    if (outcome !== "accepted") {
      this.counts.refused += 1;
      this.refusedBy[outcome.refused] = (this.refusedBy[outcome.refused] ?? 0) + 1;
      return;
    }
    this.counts.accepted += 1;
    const micros = Math.round((performance.now() - intendedAtMs) * MICROSECONDS_PER_MS);
    this.latency.recordValue(Math.min(Math.max(micros, 1), LATENCY_MAX_US));
  }

  result(elapsedMs: number): RoundResult {
    const at = (percentile: number) =>
      this.latency.getValueAtPercentile(percentile) / MICROSECONDS_PER_MS;
    return {
      ...this.counts,
      refusedBy: this.refusedBy,
      elapsedMs,
      acceptedPerSecond: (this.counts.accepted * 1000) / elapsedMs,
      latencyMs: { p50: at(50), p95: at(95), p99: at(99) },
      firstFailure: this.firstFailure,
    };
  }
}

/**
 * A closed loop: the function keeps `inFlight` requests open until it has sent `total` requests.
 * The intended start of a request is the moment at which the request before it ended, so that a
 * delay in this client also counts as latency.
 */
export async function keepInFlight(
  attempt: Attempt,
  options: { total: number; inFlight: number },
): Promise<RoundResult> {
  const tally = new Tally();
  let next = 0;
  const startedAtMs = performance.now();
  const slot = async () => {
    while (next < options.total) {
      const index = next;
      next += 1;
      await tally.run(attempt, index, performance.now());
    }
  };
  await Promise.all(Array.from({ length: options.inFlight }, slot));
  return tally.result(performance.now() - startedAtMs);
}

/**
 * An open schedule: the intended start of request k is k / `perSecond`, independent of earlier
 * requests. The latency counts from the intended start, so a request that starts late has a longer
 * latency.
 */
export async function keepPace(
  attempt: Attempt,
  options: { total: number; perSecond: number },
): Promise<RoundResult> {
  const tally = new Tally();
  const running: Promise<void>[] = [];
  const startedAtMs = performance.now();
  const dueAt = (index: number) => startedAtMs + (index * 1000) / options.perSecond;
  for (let index = 0; index < options.total; ) {
    while (index < options.total && dueAt(index) <= performance.now()) {
      running.push(tally.run(attempt, index, dueAt(index)));
      index += 1;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, 1);
    await promise;
  }
  await Promise.all(running);
  return tally.result(performance.now() - startedAtMs);
}
