import type { Clock } from "../../src/shared/clock.ts";

export interface FakeClock extends Clock {
  /** Moves time forward, and wakes sleepers in the order of their times, including new sleepers. */
  advance(ms: number): Promise<void>;
  /** How many calls of `sleep` are waiting. */
  sleeping(): number;
}

interface Sleeper {
  readonly untilMs: number;
  wake(): void;
}

/** Waits until every promise that does not wait for time has settled. */
export async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** A clock that moves only when a test moves it. */
export function fakeClock(startMs = 1_700_000_000_000): FakeClock {
  let nowMs = startMs;
  let sleepers: Sleeper[] = [];

  function wake(sleeper: Sleeper): void {
    sleepers = sleepers.filter((other) => other !== sleeper);
    sleeper.wake();
  }

  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const sleeper = { untilMs: nowMs + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", () => wake(sleeper), { once: true });
      });
    },
    sleeping: () => sleepers.length,
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settlePromises();
      for (;;) {
        const next = sleepers
          .filter((sleeper) => sleeper.untilMs <= untilMs)
          .sort((a, b) => a.untilMs - b.untilMs)[0];
        if (!next) break;
        nowMs = Math.max(nowMs, next.untilMs);
        wake(next);
        await settlePromises();
      }
      nowMs = untilMs;
    },
  };
}
