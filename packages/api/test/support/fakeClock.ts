import type { Clock } from "@onsale/core";

export interface FakeClock extends Clock {
  /** Moves the time forward and ends every sleep that is due. */
  advance(ms: number): Promise<void>;
}

/** Waits until every promise that needs no time has settled. */
async function settle(): Promise<void> {
  for (let round = 0; round < 20; round += 1) await Promise.resolve();
}

/** A clock that only `advance` moves. */
export function fakeClock(startMs = 1_000_000): FakeClock {
  let nowMs = startMs;
  const sleepers = new Map<() => void, number>();
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep(ms, signal) {
      return new Promise((resolve) => {
        sleepers.set(resolve, nowMs + ms);
        signal?.addEventListener("abort", () => {
          sleepers.delete(resolve);
          resolve();
        });
      });
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (;;) {
        const [next] = [...sleepers].sort(([, a], [, b]) => a - b);
        if (next === undefined || next[1] > untilMs) break;
        sleepers.delete(next[0]);
        nowMs = next[1];
        next[0]();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}
