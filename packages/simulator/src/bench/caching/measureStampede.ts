import { setTimeout as sleep } from "node:timers/promises";
import type { StampedeFigures } from "../../study/caching/cachingReport.ts";
import type { RunningApis } from "../benchApis.ts";
import type { LoadResult } from "../benchReport.ts";
import type { LoadGenerator } from "../load/loadGenerator.ts";
import { spreadOf } from "../spread.ts";
import type { CachedRead } from "./cachedReads.ts";
import { notAccepted } from "./refusals.ts";
import type { StatementCounter } from "./statementCounter.ts";

export interface StampedeOptions {
  readonly buyers: number;
  readonly rounds: number;
  readonly isCached: boolean;
  /** API processes whose statements pass the counter. */
  readonly apis: RunningApis;
  readonly counter: Pick<StatementCounter, "count">;
  readonly generator: LoadGenerator;
}

/** After this multiple of the shared copy's life, no process has a copy. */
const ENDED_AFTER = 1.5;

/**
 * Lets all buyers ask at the moment when every copy has ended, and counts the statements of the
 * read that reach MySQL.
 */
export async function measureStampede(
  { name, ttlMs, statements, hot }: CachedRead,
  { buyers, rounds, isCached, apis, counter, generator }: StampedeOptions,
): Promise<StampedeFigures> {
  const counted = (): number => statements.reduce((sum, one) => sum + counter.count(one), 0);
  const plan = { kind: "closed", total: buyers, inFlight: buyers, requests: hot } as const;
  const results: LoadResult[] = [];
  const reached: number[] = [];
  // The first round is not counted: it waits for the just-in-time compiler.
  for (let round = 0; round <= rounds; round++) {
    const load = await generator.prepare({ ...plan, targets: apis.targets });
    if (isCached) await sleep(ttlMs * ENDED_AFTER);
    const before = counted();
    const result = await load.run();
    if (round === 0) continue;
    results.push(result);
    reached.push(counted() - before);
  }
  const slowestMs = Math.max(...results.map(({ elapsedMs }) => elapsedMs));
  const { refused, failed } = notAccepted(results);
  return {
    ...{ read: name, isCached, buyers, rounds, statements: reached },
    statementsMax: statementsMax(statements.length, apis.pids.length, slowestMs, ttlMs),
    elapsedMs: spreadOf(results.map(({ elapsedMs }) => elapsedMs)),
    ...{ refused, failed },
  };
}

/**
 * Each process loads a value once, and once more each time that the shared copy ends while answers
 * are still being sent.
 */
function statementsMax(each: number, processes: number, tookMs: number, ttlMs: number): number {
  return each * processes * (1 + Math.floor(tookMs / ttlMs));
}
