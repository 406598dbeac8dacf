import {
  BENCHES,
  type Bench,
  type BenchName,
  type BenchReport,
  type BenchResult,
  type BenchSettings,
  runBench,
  WARM_UPS,
} from "@onsale/simulator/bench";
import { loadAverageNow, thisMachine } from "@onsale/simulator/study";
import { commitOf } from "../commitOf.ts";
import { measuredServers } from "../stackEnvironment.ts";
import { benchProgress } from "./benchProgress.ts";
import { withBenchGround } from "./withBenchGround.ts";

export interface BenchesInput {
  readonly names: readonly BenchName[];
  /** The settings of a benchmark, from the flags of the command. */
  readonly settingsOf: (name: BenchName) => BenchSettings;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Runs benchmarks one after the other, each on its own data. */
export async function runBenches(input: BenchesInput): Promise<BenchReport> {
  const { inspectServers, readServersConfig } = await import("@onsale/core");
  const { names, settingsOf, signal, onProgress } = input;
  const servers = await measuredServers();
  const versions = await inspectServers(readServersConfig(servers));
  const loadAverage = loadAverageNow();
  const takenAt = new Date().toISOString();
  // Before the run, because the checkout can change during it.
  const commit = await commitOf(import.meta.dirname);
  const roundsOf = (name: BenchName): number => {
    const bench: Bench = BENCHES[name];
    const { rounds, against } = settingsOf(name);
    const comparisons = bench.comparisons + (against === undefined ? 0 : 1);
    return 2 * comparisons * (rounds + WARM_UPS);
  };
  const progress = benchProgress(names.map(roundsOf), onProgress);
  const benches: BenchResult[] = [];
  for (const name of names) {
    progress.begin(name);
    const settings = settingsOf(name);
    const onRound = (text: string) => progress.round(text);
    benches.push(
      await withBenchGround({ servers, settings, onRound, signal }, (ground) =>
        runBench(name, ground),
      ),
    );
  }
  return {
    takenAt,
    commit,
    machine: {
      ...thisMachine(),
      servers: versions.flatMap(({ server, version }) =>
        server === "kafka" || version === undefined ? [] : [version],
      ),
      loadAverage,
    },
    benches,
  };
}
