import { checkInvariants } from "@onsale/core";
import type { BenchGround } from "./benchGround.ts";
import { BENCHES, type BenchName } from "./benchList.ts";
import type { BenchResult } from "./benchReport.ts";

/** Runs one benchmark on its own data, and then checks every invariant. */
export async function runBench(name: BenchName, ground: BenchGround): Promise<BenchResult> {
  const startedMs = performance.now();
  const { run, title, operation } = BENCHES[name];
  const figures = await run(ground);
  const report = await checkInvariants(ground.core);
  const sides = figures.comparisons.flatMap(({ product, yardstick }) => [product, yardstick]);
  const results = sides.flatMap(({ warmUps, rounds }) => [...warmUps, ...rounds]);
  return {
    ...figures,
    ...{ name, title, operation },
    tookMs: performance.now() - startedMs,
    failures: results.reduce((sum, { failed }) => sum + failed, 0),
    invariants: report.results.map(({ id, title, holds, rowsRead, violationCount }) => {
      return { id, title, holds, rowsRead, violationCount };
    }),
  };
}

/** True when every invariant was checked and held, and no operation failed. */
export function isClean({ failures, invariants }: BenchResult): boolean {
  return failures === 0 && invariants.length > 0 && invariants.every(({ holds }) => holds);
}
