import { z } from "zod";
import { machineSchema } from "../machine.ts";

/** The version of the JSON format. It increases when a field changes its meaning or is removed. */
export const CACHING_REPORT_VERSION = 1;

/** The reads of the catalog that buyers repeat. */
export const cachedReadNames = ["concertList", "dates", "seats"] as const;
export type CachedReadName = (typeof cachedReadNames)[number];

/** Titles of the reads, for people. */
export const cachedReadTitles: Readonly<Record<CachedReadName, string>> = {
  concertList: "Concert list",
  dates: "Dates of a concert",
  seats: "Seat list",
};

/**
 * Stated maximum age of an answer, ms: the life of the shared copy, and a quarter of it for the
 * copy of the process. The time of the load and of the calls to Redis comes on top.
 */
export const ageBoundsMs: Readonly<Record<CachedReadName, number>> = {
  concertList: 1000,
  dates: 1000,
  seats: 250,
};

/**
 * The specification's figures for its catalog reads with 5,000 users: mean times, ms. In its other
 * load tests of these reads, 4,000 users sent 487 to 491 requests a second.
 */
export const specificationCache = {
  ...{ users: 5000, withoutMs: 1599, withMs: 6 },
  requestsOfUserPerSecond: 0.122,
} as const;

/** The places from which an answer can come. `off` is MySQL, with CATALOG_CACHE=off. */
export const answerSources = ["off", "loaded", "shared", "process"] as const;
export type AnswerSource = (typeof answerSources)[number];

const count = z.number().int().nonnegative();
const number = z.number().nonnegative();
const readName = z.enum(cachedReadNames);
const spread = z.object({ median: number, min: number, max: number });
const times = z.object({ mean: number, p50: number, p95: number, p99: number, max: number });

const sourceSchema = z.object({
  read: readName,
  source: z.enum(answerSources),
  requests: count,
  ms: times,
});
export type SourceFigures = z.infer<typeof sourceSchema>;

const sideSchema = z.object({
  acceptedPerSecond: spread,
  refusedPerSecond: spread,
  /** Refusals by reason, such as "503 OVERLOADED". */
  refusedBy: z.record(z.string(), count),
  /** Lost connections and other answers of status 5xx, by reason. */
  failedBy: z.record(z.string(), count),
  ms: z.object({ mean: spread, p50: spread, p95: spread, p99: spread }),
  /** CPU time of a request by party, us. */
  cpuUs: z.record(z.string(), number),
});
export type LoadSide = z.infer<typeof sideSchema>;

const stepSchema = z.object({
  read: readName,
  /**
   * With a pace, users of the specification, who send so many requests a second together. Without
   * one, users who each have one open request all the time.
   */
  users: count,
  perSecond: number.optional(),
  rounds: count,
  off: sideSchema,
  on: sideSchema,
});
export type LoadStep = z.infer<typeof stepSchema>;

const stampedeSchema = z.object({
  read: readName,
  isCached: z.boolean(),
  /** Buyers who ask at the same moment, when every copy has ended. */
  buyers: count,
  rounds: count,
  /** Statements of the read that reached MySQL, in each round. */
  statements: z.array(count),
  /** The most statements that single flight allows in the slowest round. */
  statementsMax: count,
  /** Time until the last buyer has an answer, ms. */
  elapsedMs: spread,
  refused: count,
  failed: count,
});
export type StampedeFigures = z.infer<typeof stampedeSchema>;

const stalenessSchema = z.object({
  read: readName,
  /** `writer` answered the write; `other` is another API process. */
  process: z.enum(["writer", "other"]),
  /** For each write: how long after its answer a request still got the old answer, ms. */
  agesMs: z.array(number),
  /** The slowest answer of the read while the writes ran, ms. */
  slowestMs: number,
});
export type StalenessFigures = z.infer<typeof stalenessSchema>;

const transactionsSchema = z.object({
  /** Number of transactions that were rolled back, and of those that were committed. */
  rolledBack: count,
  committed: count,
  /** How long each one stayed open after its write, ms. */
  openMs: count,
  /** Answers of seat lists that arrived during the experiment. */
  answers: count,
  /** Answers with the written value before the COMMIT was sent, or around a ROLLBACK. */
  seenUncommitted: count,
  /** Loads from MySQL around the rolled-back writes, and in as many windows without any write. */
  loadsAroundRollback: count,
  loadsWithoutWrite: count,
  windowMs: count,
  /** For each commit: how long after its end a request still got the old answer, ms. */
  agesMs: z.array(number),
  slowestMs: number,
});
export type TransactionFigures = z.infer<typeof transactionsSchema>;

/** The result of the study. */
export const cachingReportSchema = z.object({
  schemaVersion: z.literal(CACHING_REPORT_VERSION),
  takenAt: z.iso.datetime(),
  commit: z.string().optional(),
  isQuick: z.boolean(),
  tookMs: number,
  machine: machineSchema,
  apiProcesses: count,
  concerts: count,
  seats: count,
  sources: z.array(sourceSchema),
  load: z.array(stepSchema),
  /** The steps that the time limit left out. */
  leftOut: z.array(z.string()),
  stampede: z.array(stampedeSchema),
  staleness: z.array(stalenessSchema),
  transactions: transactionsSchema,
  /** The invariants that were checked at the end, and the broken ones among them. */
  invariants: z.object({ checked: count, broken: z.array(z.string()) }),
});
export type CachingReport = z.infer<typeof cachingReportSchema>;

/** Lists what contradicts the promises of the cache, in words. Empty when every promise held. */
export function cachingProblems(report: CachingReport): readonly string[] {
  const { load, stampede, staleness, transactions, invariants } = report;
  const problems: string[] = [];
  for (const { read, users, on, off } of load) {
    for (const [name, { failedBy }] of Object.entries({ on, off })) {
      const reasons = Object.keys(failedBy).join(", ");
      if (reasons !== "") problems.push(`${read}, ${users} users, cache ${name}: ${reasons}`);
    }
  }
  for (const one of stampede) {
    const { read, isCached, buyers, statements, statementsMax, refused, failed } = one;
    const name = `stampede on ${read}, ${buyers} buyers`;
    if (failed > 0) problems.push(`${name}: ${failed} requests failed`);
    const [least, most] = [Math.min(...statements), Math.max(...statements)];
    if (isCached && most > statementsMax)
      problems.push(`${name}: ${most} statements reached MySQL, above ${statementsMax}`);
    if (isCached && least === 0) problems.push(`${name}: the copies had not ended`);
    // Without a cache, each answered read must be counted, or the count says nothing.
    if (!isCached && least < buyers - refused)
      problems.push(`${name}: only ${least} reads were counted`);
  }
  for (const { read, process, agesMs, slowestMs } of staleness) {
    const age = Math.max(...agesMs);
    const bound = ageBoundsMs[read] + slowestMs;
    if (age === 0) problems.push(`${read}, ${process}: no old answer was seen`);
    if (age > bound)
      problems.push(`${read}, ${process}: ${age.toFixed(0)} ms old, above ${bound.toFixed(0)} ms`);
  }
  if (transactions.seenUncommitted > 0)
    problems.push(`${transactions.seenUncommitted} answers had a value that was not committed`);
  const age = Math.max(0, ...transactions.agesMs);
  if (age > ageBoundsMs.seats + transactions.slowestMs)
    problems.push(`a committed seat was seen free for ${age.toFixed(0)} ms`);
  return [...problems, ...invariants.broken.map((id) => `${id} is broken`)];
}
