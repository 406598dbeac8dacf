import type { BenchReport, BenchResult, Comparison } from "@onsale/simulator/bench";
import { cpuRatio, latencyOf, productCpuUs } from "./benchFigures.ts";

/** A goal for the speed of the product, with the figure that was reached. */
export interface Goal {
  readonly text: string;
  readonly unit: "x" | "us" | "ms" | "/s";
  /** The figure of the report; undefined when it has none. */
  readonly reached: number | undefined;
  readonly goal: number;
  readonly stretch: number;
  /** Whether a larger figure is better. */
  readonly isMoreBetter: boolean;
}

/** A figure of the first comparison of a benchmark. */
interface GoalRow extends Omit<Goal, "reached"> {
  readonly bench: string;
  readonly figure: (comparison: Comparison) => number | undefined;
  /** The position of the comparison in its benchmark; default: 0. */
  readonly comparison?: number;
}

const atLeast = (unit: Goal["unit"], goal: number, stretch: number) => ({
  ...{ unit, goal, stretch, isMoreBetter: true },
});
const atMost = (unit: Goal["unit"], goal: number, stretch: number) => ({
  ...{ unit, goal, stretch, isMoreBetter: false },
});
const p99 = ({ product }: Comparison) => latencyOf(product, "p99");
const perSecond = ({ product }: Comparison) => product.acceptedPerSecond.median;
const ratio = ({ ratio: { median } }: Comparison) => median;
const p95 = ({ product }: Comparison) => latencyOf(product, "p95");
const apiUs = ({ product }: Comparison) => product.cpuUs.api;
const latencyRatio = (one: Comparison) => one.latencyRatio?.median;

const ROWS: readonly GoalRow[] = [
  {
    ...{ bench: "holds", text: "Accepted holds to V0", figure: ratio },
    ...atLeast("x", 1.6, 3),
  },
  {
    ...{ bench: "holds", text: "CPU of a hold, API, MySQL and Redis together" },
    figure: ({ product }) => productCpuUs(product),
    ...atMost("us", 350, 210),
  },
  {
    ...{ bench: "holds", text: "CPU of a hold, API alone", figure: apiUs },
    ...atMost("us", 220, 130),
  },
  {
    ...{ bench: "holds", text: "Latency of a hold at saturation, p95", figure: p95 },
    ...atMost("ms", 120, 60),
  },
  {
    ...{ bench: "charges", text: "Charges to their bare loop", figure: ratio },
    ...atLeast("x", 1.5, 3),
  },
  {
    ...{ bench: "payments", text: "Payments to their bare loop", figure: ratio },
    ...atLeast("x", 1.5, 3),
  },
  {
    ...{ bench: "hot", text: "Refused holds of a hot hall" },
    figure: ({ product }) => product.refusedPerSecond.median,
    ...atLeast("/s", 3000, 8000),
  },
  {
    ...{ bench: "hot", text: "Latency of the accepted holds of a hot hall, p95", figure: p95 },
    ...atMost("ms", 100, 60),
  },
  {
    ...{ bench: "hot", text: "CPU of a request of a hot hall, API alone", figure: apiUs },
    ...atMost("us", 170, 120),
  },
  {
    ...{ bench: "join", text: "CPU of bare Koa to that of a join", figure: cpuRatio },
    ...atLeast("x", 0.5, 0.6),
  },
  {
    ...{ bench: "status", text: "CPU of bare Koa to that of a status poll", figure: cpuRatio },
    ...atLeast("x", 0.5, 0.6),
  },
  {
    ...{ bench: "seats", text: "CPU of bare Koa to that of a seat list", figure: cpuRatio },
    ...atLeast("x", 0.5, 0.8),
  },
  {
    ...{ bench: "crowd", text: "p95 of a hold beside a waiting crowd to none waiting" },
    ...{ figure: latencyRatio, ...atMost("x", 1.3, 1.1) },
  },
  {
    ...{ bench: "crowd", text: "p95 of a payment beside a waiting crowd to none waiting" },
    ...{ figure: latencyRatio, comparison: 1, ...atMost("x", 1.3, 1.1) },
  },
  {
    ...{ bench: "relay", text: "Messages relayed while as many are written", figure: perSecond },
    ...atLeast("/s", 12_000, 20_000),
  },
  {
    ...{ bench: "relay", text: "From COMMIT to Kafka, p99", figure: p99 },
    ...atMost("ms", 350, 200),
  },
];

/** The goals of the benchmarks in the report, with what was reached. */
export function goalsOf({ benches }: BenchReport): Goal[] {
  return ROWS.flatMap(({ bench, figure, comparison: at = 0, ...goal }) => {
    const result: BenchResult | undefined = benches.find(({ name }) => name === bench);
    if (result === undefined) return [];
    const comparison = result.comparisons[at];
    return [{ ...goal, reached: comparison === undefined ? undefined : figure(comparison) }];
  });
}

/** The verdict on a goal. */
export function verdictOf(goal: Goal): "stretch" | "reached" | "missed" | "not measured" {
  const { reached, isMoreBetter, stretch, goal: wanted } = goal;
  if (reached === undefined) return "not measured";
  const isWithin = (bound: number) => (isMoreBetter ? reached >= bound : reached <= bound);
  if (isWithin(stretch)) return "stretch";
  return isWithin(wanted) ? "reached" : "missed";
}
