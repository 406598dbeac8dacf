import type { Clock } from "../../../shared/clock.ts";

/**
 * A group that runs for longer waits for a slow server. Its members do not count then, and the
 * waiting members get another lane. Ten times the usual time of a full group.
 */
const STALLED_MS = 250;

/** The groups that the lanes of a line run. */
export interface RunningGroups {
  /** Runs a group, which counts until it has ended. */
  run(size: number, work: () => Promise<void>): Promise<void>;
  /** The members of the groups that are not stalled. */
  memberCount(): number;
}

export function runningGroups(clock: Pick<Clock, "monotonicMs">): RunningGroups {
  const groups = new Set<{ readonly sinceMs: number; readonly size: number }>();
  return {
    async run(size, work) {
      const group = { sinceMs: clock.monotonicMs(), size };
      groups.add(group);
      try {
        await work();
      } finally {
        groups.delete(group);
      }
    },
    memberCount() {
      const latest = clock.monotonicMs() - STALLED_MS;
      let count = 0;
      for (const { sinceMs, size } of groups) if (sinceMs > latest) count += size;
      return count;
    },
  };
}
