import type { Clock } from "./clock.ts";

/**
 * Starts the deadline of one wait.
 * @param onPassed called when the time is up; must not throw
 * @returns a function that ends the deadline early
 */
export type StartDeadline = (onPassed: () => void) => () => void;

interface Deadline {
  readonly dueMs: number;
  /** undefined after the end of the deadline. */
  onPassed: (() => void) | undefined;
}

/*
 * One timer for many deadlines
 *
 * Problem: each call of a server, and each request, has a time limit, and nearly all of them end in
 * time. A timer and an AbortController for each of them cost more than the check itself.
 *
 * All deadlines of a sweep have the same length, so the order of their starts is the order in which
 * they pass. While any deadline runs, a loop looks at the oldest ones every `sweepMs`.
 *
 * Blocked process: while the event loop is blocked, a call may not have left the process yet, or
 * its answer may wait in a socket. A timer that is due then fires before both. So a deadline that
 * is due has one more sweep: if the other side answers within `sweepMs`, it does not pass.
 *
 * Memory: a Set with many additions and deletions replaces its table again and again. In V8 a
 * replaced table keeps its entries and refers to the next table, so that tables in the old
 * generation keep all later ones, with their entries, until a full collection. A deadline therefore
 * gives up its function when it ends. Otherwise nearly every request would survive the collections
 * of the young generation, which then take ten times as long.
 *
 * Not promised: a deadline passes up to two sweeps late.
 */

/**
 * Creates deadlines of one length that share a timer.
 * @param sweepMs interval of the check; a deadline passes one to two intervals late
 */
export function deadlineSweep(
  clock: Clock,
  { timeoutMs, sweepMs }: { readonly timeoutMs: number; readonly sweepMs: number },
): StartDeadline {
  const running = new Set<Deadline>();
  let isSweeping = false;

  async function sweep(): Promise<void> {
    isSweeping = true;
    while (running.size > 0) {
      await clock.sleep(sweepMs);
      const nowMs = clock.monotonicMs();
      if (!isDue(running, nowMs)) continue;
      await clock.sleep(sweepMs);
      endDue(running, nowMs);
    }
    isSweeping = false;
  }

  return (onPassed) => {
    const deadline: Deadline = { dueMs: clock.monotonicMs() + timeoutMs, onPassed };
    running.add(deadline);
    if (!isSweeping) void sweep();
    return () => {
      running.delete(deadline);
      deadline.onPassed = undefined;
    };
  };
}

function isDue(running: ReadonlySet<Deadline>, nowMs: number): boolean {
  const [oldest] = running;
  return oldest !== undefined && oldest.dueMs <= nowMs;
}

function endDue(running: Set<Deadline>, nowMs: number): void {
  for (const deadline of running) {
    if (deadline.dueMs > nowMs) return;
    running.delete(deadline);
    deadline.onPassed?.();
  }
}
