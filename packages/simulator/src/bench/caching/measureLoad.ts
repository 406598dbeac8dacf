import { setTimeout as sleep } from "node:timers/promises";
import type { LoadSide, LoadStep } from "../../study/caching/cachingReport.ts";
import type { RunningApis } from "../benchApis.ts";
import type { ContenderResult, LoadResult, MeasuredRound } from "../benchReport.ts";
import { compare, type Measuring } from "../compare.ts";
import type { Contender } from "../contender.ts";
import { productContender } from "../httpBench.ts";
import type { LoadGenerator, PreparedLoad } from "../load/loadGenerator.ts";
import { spreadOf } from "../spread.ts";
import type { CachedRead } from "./cachedReads.ts";
import { notAccepted } from "./refusals.ts";

/** A side that cannot keep the pace of a round would take far longer than the round. */
const ROUND_MS_MAX = 8_000;
/** The processes work on requests that were given up; the other side begins after them. */
const DRAIN_MS = 2_000;
const UNANSWERED = `without an answer after ${ROUND_MS_MAX / 1000} s`;

export interface LoadOptions {
  readonly users: number;
  /** Requests a second of all users together; undefined when each asks without a pause. */
  readonly perSecond: number | undefined;
  readonly on: RunningApis;
  readonly off: RunningApis;
  readonly generator: LoadGenerator;
  readonly measuring: Measuring;
}

/** Measures one read of many users in alternating rounds with the cache and without it. */
export async function measureLoad(read: CachedRead, options: LoadOptions): Promise<LoadStep> {
  const { users, perSecond, on, off, measuring } = options;
  const contenders = [contender(read, on, options), contender(read, off, options)] as const;
  const title = `${read.name}, ${users.toLocaleString("en")} users`;
  const settings = { ...measuring.settings, ...operations(options) };
  const { product, yardstick } = await compare(title, contenders, { ...measuring, settings });
  return {
    ...{ read: read.name, users, rounds: product.rounds.length },
    ...(perSecond !== undefined && { perSecond }),
    ...{ on: sideOf(product), off: sideOf(yardstick) },
  };
}

/** Runs the load, and stops it at the time limit. */
async function runUntil(load: PreparedLoad, limitMs: number): Promise<LoadResult> {
  const ended = new AbortController();
  sleep(limitMs, undefined, { signal: ended.signal }).then(
    () => load.stop(),
    () => undefined,
  );
  return load.run().finally(() => ended.abort());
}

/** Counts the requests that had no answer at the time limit as refused. */
function withUnanswered(result: LoadResult, total: number): LoadResult {
  const unanswered = total - result.accepted - result.refused - result.failed;
  if (unanswered === 0) return result;
  const refusedBy = { ...result.refusedBy, [UNANSWERED]: unanswered };
  return { ...result, refused: result.refused + unanswered, refusedBy };
}

/** A round at a pace has its time's requests; another has at least one of each user. */
function operations({ users, perSecond, measuring }: LoadOptions) {
  if (perSecond === undefined) return { operationsMin: users };
  const count = Math.round((perSecond * measuring.settings.roundMs) / 1000);
  return { operationsMin: count, operationsMax: count };
}

function contender(
  { hot }: CachedRead,
  apis: RunningApis,
  { users, perSecond, generator }: LoadOptions,
): Contender {
  const closed = productContender({
    ...{ apis, generator, inFlight: users, requestsOf: async () => hot },
  });
  if (perSecond === undefined) return closed;
  return {
    ...closed,
    async prepare(total) {
      const plan = { kind: "paced", targets: apis.targets, requests: hot, total } as const;
      const load = await generator.prepare({ ...plan, perSecond });
      return async () => {
        const result = withUnanswered(await runUntil(load, ROUND_MS_MAX), total);
        if (UNANSWERED in result.refusedBy) await sleep(DRAIN_MS);
        return result;
      };
    },
  };
}

function sideOf({ rounds, cpuUs, acceptedPerSecond }: ContenderResult): LoadSide {
  const { refusedBy, failedBy } = notAccepted(rounds);
  return {
    ...{ acceptedPerSecond, refusedBy, failedBy, cpuUs: ofOperation(cpuUs, rounds) },
    refusedPerSecond: spreadOf(
      rounds.map((round) => (notAccepted([round]).refused * 1000) / round.elapsedMs),
    ),
    ms: {
      mean: times(rounds, "mean"),
      p50: times(rounds, "p50"),
      p95: times(rounds, "p95"),
      p99: times(rounds, "p99"),
    },
  };
}

/** Spreads the CPU time over every request; `cpuUs` counts those without a 503 only. */
function ofOperation(cpuUs: Readonly<Record<string, number>>, rounds: readonly MeasuredRound[]) {
  const counted = rounds.reduce((sum, { accepted, refused }) => sum + accepted + refused, 0);
  const all = rounds.reduce((sum, { failed }) => sum + failed, counted);
  const entries = Object.entries(cpuUs).map(([party, us]) => [
    party,
    counted === 0 ? 0 : (us * counted) / all,
  ]);
  return Object.fromEntries(entries);
}

/** The spread over the rounds in which a request was accepted. */
function times(rounds: readonly MeasuredRound[], name: "mean" | "p50" | "p95" | "p99") {
  const known = rounds.flatMap(({ latencyMs }) => latencyMs?.[name] ?? []);
  return spreadOf(known.length === 0 ? [0] : known);
}
