import type { PassingClock } from "./passingClock.ts";

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/**
 * A clock for tests without I/O. When every promise that does not wait for time has settled, the
 * clock jumps to the time of the next sleeper and wakes it.
 */
export function idleClock(startMs = 1_700_000_000_000): PassingClock {
  let nowMs = startMs;
  let sleepers: Sleeper[] = [];
  let idle: NodeJS.Immediate | undefined;

  function waitForIdleness(): void {
    if (sleepers.length > 0) idle ??= setImmediate(wakeNext);
  }

  function wakeNext(): void {
    idle = undefined;
    const next = sleepers.reduce((a, b) => (b.untilMs < a.untilMs ? b : a));
    nowMs = Math.max(nowMs, next.untilMs);
    next.wake();
    waitForIdleness();
  }

  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    pass(ms) {
      nowMs += ms;
    },
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        function wake(): void {
          sleepers = sleepers.filter((other) => other !== sleeper);
          if (sleepers.length === 0) {
            clearImmediate(idle);
            idle = undefined;
          }
          signal?.removeEventListener("abort", wake);
          resolve();
        }
        const sleeper = { untilMs: nowMs + ms, wake };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", wake, { once: true });
        waitForIdleness();
      });
    },
  };
}
