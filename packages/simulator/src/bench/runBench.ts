import { checkInvariants } from "@onsale/core";
import type { BenchGround } from "./benchGround.ts";
import { BENCHES, type BenchName } from "./benchList.ts";
import type { BenchResult } from "./benchReport.ts";

/** Runs one benchmark on its own data, and then checks every invariant. */
export async function runBench(name: BenchName, ground: BenchGround): Promise<BenchResult> {
  const startedMs = performance.now();
  const { run, title, operation } = BENCHES[name];
  const figures = await run(ground);
  const { results } = await checkInvariants(ground.core);
  const rounds = figures.comparisons.flatMap(({ product }) => product.rounds);
  return {
    ...figures,
    ...{ name, title, operation },
    tookMs: performance.now() - startedMs,
    failures: rounds.reduce((sum, { failed }) => sum + failed, 0),
    invariants: results.map(({ id, title, holds, rowsRead, violationCount }) => {
      return { id, title, holds, rowsRead, violationCount };
    }),
  };
}

/** True when every invariant was checked and held, and no request of the product failed. */
export function isClean({ failures, invariants }: BenchResult): boolean {
  return failures === 0 && invariants.length > 0 && invariants.every(({ holds }) => holds);
}
