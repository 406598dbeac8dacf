import type { Clock } from "../../shared/clock.ts";

/** One observation of a consumer. */
export interface ConsumerObservation {
  /** Number of uncommitted messages; undefined until the group has assigned partitions. */
  readonly lag: number | undefined;
  /** Counts attempts to apply a message, and successes. A higher number shows progress. */
  readonly beats: number;
}

export interface ProgressWatchdog {
  /** True when the consumer had messages for `stallMs` and made no progress. */
  isStalled(observation: ConsumerObservation): boolean;
  /**
   * Starts the measurement again, after a restart of the consumer or while the broker is
   * unavailable.
   */
  reset(): void;
}

/**
 * Detects a stalled consumer only by its progress. Heartbeats do not prove progress: a consumer can
 * stop fetching while its heartbeats continue, or never become a member of its group.
 */
export function progressWatchdog(clock: Clock, stallMs: number): ProgressWatchdog {
  let progressAtMs = clock.monotonicMs();
  let beatsSeen = -1;

  return {
    isStalled({ lag, beats }) {
      if (lag === 0 || beats !== beatsSeen) {
        progressAtMs = clock.monotonicMs();
        beatsSeen = beats;
        return false;
      }
      return clock.monotonicMs() - progressAtMs >= stallMs;
    },
    reset() {
      progressAtMs = clock.monotonicMs();
    },
  };
}
