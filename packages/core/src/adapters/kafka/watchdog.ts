import type { Clock } from "../../shared/clock.ts";

/** What a look at a consumer saw. */
export interface ConsumerSight {
  /** Undefined until the group has given it its partitions (possibly none). */
  readonly lag: number | undefined;
  /** Grows with every message that is tried or applied. */
  readonly beats: number;
}

export interface ProgressWatchdog {
  /** True when the consumer should have moved since `stallMs` and did not. */
  isStalled(sight: ConsumerSight): boolean;
  /** Begins to count anew: after a restart, or while the broker is away. */
  reset(): void;
}

/**
 * Judges a consumer by its progress alone. Heartbeats prove nothing: a consumer can stop fetching
 * while they go on, or never get into its group.
 */
export function progressWatchdog(clock: Clock, stallMs: number): ProgressWatchdog {
  let movedAtMs = clock.monotonicMs();
  let beatsSeen = -1;

  return {
    isStalled({ lag, beats }) {
      if (lag === 0 || beats !== beatsSeen) {
        movedAtMs = clock.monotonicMs();
        beatsSeen = beats;
        return false;
      }
      return clock.monotonicMs() - movedAtMs >= stallMs;
    },
    reset() {
      movedAtMs = clock.monotonicMs();
    },
  };
}
