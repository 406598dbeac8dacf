import assert from "node:assert/strict";

/**
 * Numbers of durations, by the number of their bucket. Counts of several processes can be added,
 * and the percentile of the sum is that of all their durations together. A maximum or a mean of
 * percentiles is neither.
 *
 * Bucket b has the durations up to 2^(b/8) ms that no smaller bucket has. So a percentile, which is
 * the upper end of its bucket, is at most 2^(1/8), 9 percent, above the exact one.
 */
export type DurationCounts = Readonly<Record<string, number>>;

const BUCKETS_PER_DOUBLING = 8;
/** About 18 minutes, longer than any request. */
const BUCKET_MAX = 20 * BUCKETS_PER_DOUBLING;

/** The number of the bucket of a duration. The first one has all up to 1 ms. */
export function bucketOfDuration(ms: number): number {
  if (ms <= 1) return 0;
  return Math.min(BUCKET_MAX, Math.ceil(Math.log2(ms) * BUCKETS_PER_DOUBLING));
}

/** Adds the counts. */
export function addDurations(parts: readonly DurationCounts[]): DurationCounts {
  const sum: Record<string, number> = {};
  for (const part of parts) {
    for (const [bucket, count] of Object.entries(part)) sum[bucket] = (sum[bucket] ?? 0) + count;
  }
  return sum;
}

/** The number of durations. */
export function countDurations(counts: DurationCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/**
 * The percentile by nearest rank: the smallest duration that `share` of all durations do not
 * exceed, rounded up to the end of its bucket.
 * @param share above 0, at most 1
 * @returns ms; undefined without durations
 */
export function durationPercentileMs(counts: DurationCounts, share: number): number | undefined {
  assert(share > 0 && share <= 1, "a share of the durations");
  let left = Math.ceil(countDurations(counts) * share);
  if (left === 0) return undefined;
  const buckets = Object.entries(counts).map(([bucket, count]) => [Number(bucket), count] as const);
  for (const [bucket, count] of buckets.toSorted(([a], [b]) => a - b)) {
    left -= count;
    if (left <= 0) return 2 ** (bucket / BUCKETS_PER_DOUBLING);
  }
  return assert.fail("the last bucket has the longest duration");
}
