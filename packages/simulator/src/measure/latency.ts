import { build, type Histogram } from "hdr-histogram-js";

/**
 * The longest recorded duration, ten minutes in µs, which is longer than a run of `sim rush`. A
 * longer duration counts as ten minutes.
 */
const LATENCY_MAX_US = 600_000_000;

/** A histogram of durations with three significant digits and a constant size (HdrHistogram). */
export interface Latency {
  /** @param ms the duration from the intended start */
  record(ms: number): void;
  summary(): LatencySummary;
}

/** Percentiles in milliseconds. All are zero when `count` is 0. */
export interface LatencySummary {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** Creates an empty histogram of durations. */
export function latency(): Latency {
  let histogram: Histogram | undefined;
  return {
    record(ms) {
      histogram ??= build({
        lowestDiscernibleValue: 1,
        highestTrackableValue: LATENCY_MAX_US,
        numberOfSignificantValueDigits: 3,
      });
      const us = Math.max(1, Math.round(ms * 1000));
      histogram.recordValue(Math.min(us, LATENCY_MAX_US));
    },
    summary: () => summaryOf(histogram),
  };
}

function summaryOf(histogram: Histogram | undefined): LatencySummary {
  const maxUs = histogram?.maxValue ?? 0;
  // A percentile is the upper edge of its bucket, so it can exceed the longest duration.
  const at = (percentile: number): number =>
    toMs(Math.min(histogram?.getValueAtPercentile(percentile) ?? 0, maxUs));
  return {
    count: histogram?.totalCount ?? 0,
    meanMs: toMs(histogram?.mean ?? 0),
    p50Ms: at(50),
    p90Ms: at(90),
    p95Ms: at(95),
    p99Ms: at(99),
    p999Ms: at(99.9),
    maxMs: toMs(maxUs),
  };
}

/** Rounds to a hundredth of a millisecond, the precision of a timer in this process. */
function toMs(us: number): number {
  return Math.round(us / 10) / 100;
}
