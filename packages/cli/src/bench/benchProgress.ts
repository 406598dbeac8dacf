import { durationText } from "@onsale/simulator/terminal";

/** Progress lines of benchmarks, with an estimate of the time to go. */
export interface BenchProgress {
  /** Begins the next benchmark. */
  begin(name: string): void;
  /** Reports the end of a round. */
  round(text: string): void;
}

/**
 * @param rounds the number of rounds of each benchmark
 * @param nowMs the time since any fixed moment, ms
 */
export function benchProgress(
  rounds: readonly number[],
  onLine: (line: string) => void,
  nowMs: () => number = () => performance.now(),
): BenchProgress {
  const startedMs = nowMs();
  let begun = 0;
  let done = 0;
  let current = "";
  const total = sum(rounds);
  const before = (index: number): number => sum(rounds.slice(0, index));
  return {
    begin(name) {
      current = name;
      done = before(begun);
      begun += 1;
      onLine(`${name}: preparing`);
    },
    round(text) {
      // A profile is no round, so `done` must not exceed the rounds of the benchmarks so far.
      done = Math.min(done + 1, before(begun));
      const elapsedMs = nowMs() - startedMs;
      const toGoMs = (elapsedMs / done) * (total - done);
      const toGo = total === done ? "" : `; about ${durationText(toGoMs)} to go`;
      onLine(`${current}: ${text}${toGo}`);
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}
