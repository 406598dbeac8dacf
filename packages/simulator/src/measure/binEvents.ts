import { mapKeys } from "./mapKeys.ts";
import { type EventKind, eventKinds } from "./recorder.ts";

/** Maximum number of columns in a chart: more columns would be narrower than a pixel. */
const BINS_MAX = 120;
/** Allowed column widths, ms. They give round numbers on the axis. */
const WIDTHS_MS = [50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000] as const;

export interface EventBins {
  readonly binMs: number;
  /** The number of events of each kind in each bin. */
  readonly bins: Record<EventKind, number[]>;
}

/**
 * Counts events by time, in bins of a round width. An event outside the range counts in the nearest
 * bin.
 */
export function binEvents(
  events: Readonly<Record<EventKind, readonly number[]>>,
  elapsedMs: number,
): EventBins {
  const wanted = elapsedMs / BINS_MAX;
  const binMs = WIDTHS_MS.find((width) => width >= wanted) ?? Math.ceil(wanted / 60_000) * 60_000;
  const count = Math.max(1, Math.ceil(elapsedMs / binMs));
  const bins = mapKeys(eventKinds, (kind) => {
    const counts: number[] = Array.from({ length: count }, () => 0);
    for (const atMs of events[kind]) {
      const bin = Math.min(count - 1, Math.max(0, Math.floor(atMs / binMs)));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts;
  });
  return { binMs, bins };
}
