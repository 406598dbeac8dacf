import type { BenchGround, BenchSettings } from "./benchGround.ts";
import type { BenchFigures } from "./benchReport.ts";
import { benchHolds } from "./cases/holds.ts";

/** A benchmark. To add one, write its function and its entry in `BENCHES`. */
export interface Bench {
  /** The measured operation, for table heads. */
  readonly operation: string;
  /** The operation and its yardstick, for people. */
  readonly title: string;
  /** Number of comparisons, for the estimate of the time to go. */
  readonly comparisons: number;
  /** The settings that differ from the common defaults. */
  readonly settings: Partial<BenchSettings>;
  readonly run: (ground: BenchGround) => Promise<BenchFigures>;
}

/** All benchmarks, in the order of `bench all`. */
export const BENCHES = {
  holds: {
    operation: "hold",
    title: "Accepted holds of distinct seats by distinct buyers, against the bare loop V0",
    comparisons: 2,
    settings: {},
    run: benchHolds,
  },
} as const satisfies Readonly<Record<string, Bench>>;

export type BenchName = keyof typeof BENCHES;

/** The names of all benchmarks, in the order of `bench all`. */
export const BENCH_NAMES = Object.keys(BENCHES).filter(
  (name): name is BenchName => name in BENCHES,
);
