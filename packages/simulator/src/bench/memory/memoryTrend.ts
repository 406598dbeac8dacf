/** The memory of a process at one moment. */
export interface MemorySample {
  /** Time since the load began, ms. */
  readonly atMs: number;
  /** Resident memory, MiB. */
  readonly rssMb: number;
  /** Used memory of the JavaScript heap, MiB, with garbage that was not collected yet. */
  readonly heapMb: number;
}

/** The memory of a process during one period. */
export interface MemoryPeriod {
  /** The end of the period, ms since the load began. */
  readonly untilMs: number;
  /** The largest resident memory, MiB. */
  readonly rssMb: number;
  /** The smallest heap, MiB: what the collections left. */
  readonly heapMb: number;
}

/** How the memory of a process changes under a constant load. */
export interface MemoryTrend {
  readonly periods: readonly MemoryPeriod[];
  /** The changes after the warm-up, MiB per minute; 0 when fewer than two periods are left. */
  readonly rssMbPerMinute: number;
  readonly heapMbPerMinute: number;
  /** True when neither grows over the measured time by more than `GROWTH_MAX` of its size. */
  readonly isFlat: boolean;
}

/** Length of a period, ms: longer than the pause between two full collections. */
export const PERIOD_MS = 30_000;
/** Before this time caches fill and code is compiled, so the memory grows. */
const WARM_UP_MS = 60_000;
/** Fragments, and the time since the last full collection, change the sizes by less than this. */
const GROWTH_MAX = 0.1;
const MINUTE_MS = 60_000;

/** Sums up the samples of one process. A period counts when it is complete. */
export function memoryTrend(samples: readonly MemorySample[]): MemoryTrend {
  const byPeriod = Map.groupBy(samples, ({ atMs }) => Math.floor(atMs / PERIOD_MS));
  const lastMs = Math.max(0, ...samples.map(({ atMs }) => atMs));
  const periods = [...byPeriod]
    .map(([number, some]) => ({
      untilMs: (number + 1) * PERIOD_MS,
      rssMb: Math.max(...some.map(({ rssMb }) => rssMb)),
      heapMb: Math.min(...some.map(({ heapMb }) => heapMb)),
    }))
    .filter(({ untilMs }) => untilMs <= lastMs)
    .toSorted((a, b) => a.untilMs - b.untilMs);
  const warm = periods.filter(({ untilMs }) => untilMs > WARM_UP_MS);
  const of = (pick: (period: MemoryPeriod) => number) => growthOf(warm, pick);
  const rss = of(({ rssMb }) => rssMb);
  const heap = of(({ heapMb }) => heapMb);
  return {
    periods,
    rssMbPerMinute: rss.perMinute,
    heapMbPerMinute: heap.perMinute,
    isFlat: warm.length > 1 && rss.share <= GROWTH_MAX && heap.share <= GROWTH_MAX,
  };
}

/**
 * The median of the slopes between all pairs of periods (P. K. Sen, "Estimates of the regression
 * coefficient based on Kendall's tau", JASA 63, 1968). A period in which no full collection ran
 * does not change it.
 */
function growthOf(
  periods: readonly MemoryPeriod[],
  pick: (period: MemoryPeriod) => number,
): { readonly perMinute: number; readonly share: number } {
  const slopes = periods.flatMap((first, at) =>
    periods.slice(at + 1).map((second) => {
      return (pick(second) - pick(first)) / ((second.untilMs - first.untilMs) / MINUTE_MS);
    }),
  );
  const perMinute = medianOf(slopes);
  const tookMs = (periods.at(-1)?.untilMs ?? 0) - (periods[0]?.untilMs ?? 0);
  const size = medianOf(periods.map(pick));
  return { perMinute, share: size === 0 ? 0 : (perMinute * tookMs) / MINUTE_MS / size };
}

/** @returns 0 when there are no values */
function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
