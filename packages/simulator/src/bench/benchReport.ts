import { z } from "zod";
import { machineSchema } from "../study/machine.ts";

/** The range and the median of repeated measurements. */
const spread = z.object({ median: z.number(), min: z.number(), max: z.number() });

/** Percentiles of durations, ms. */
const percentiles = z.object({
  /** Undefined in figures from before the mean was measured. */
  mean: z.number().optional(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
});

/** The outcome of a number of operations. */
const loadResult = z.object({
  accepted: z.number(),
  refused: z.number(),
  /** Number of refusals by reason, as "409 SEAT_CONTENDED". */
  refusedBy: z.record(z.string(), z.number()),
  /** Operations without an answer, and answers of status 5xx. */
  failed: z.number(),
  /** Number of failures by reason, as "503 OVERLOADED" or "connection lost". */
  failedBy: z.record(z.string(), z.number()),
  /** Time from the first intended start to the last answer, ms. */
  elapsedMs: z.number(),
  /** From the intended start; undefined when no operation was accepted. */
  latencyMs: percentiles.optional(),
  /** From the intended start; undefined when no operation was refused. */
  refusedLatencyMs: percentiles.optional(),
});

/** One measured round. */
const measuredRound = loadResult.extend({
  /** CPU time by party, ms. */
  cpuMs: z.record(z.string(), z.number()),
  /** Resident memory of each process of the contender by party, at the end of the round, MiB. */
  memoryMb: z.record(z.string(), z.array(z.number())),
  /** CPU time of the whole machine, ms. */
  machineCpuMs: z.number(),
  /** Load average of the last minute, at the end of the round. */
  loadAverage: z.number(),
});

/** The rounds of one contender. */
const contenderResult = z.object({
  name: z.string(),
  /** The warm-ups, which count in no other figure. */
  warmUps: z.array(loadResult),
  rounds: z.array(measuredRound),
  acceptedPerSecond: spread,
  refusedPerSecond: spread,
  /** CPU time by party for each operation, accepted or refused, over all rounds, us. */
  cpuUs: z.record(z.string(), z.number()),
});

const comparison = z.object({
  /** The circumstances, such as "256 in flight". */
  title: z.string(),
  product: contenderResult,
  yardstick: contenderResult,
  /** Operations a second, product to yardstick, in each round. */
  ratio: spread,
  /** The 95th percentile of the latency, product to yardstick; undefined without latencies. */
  latencyRatio: spread.optional(),
});

const selfTime = z.object({
  name: z.string(),
  ms: z.number(),
  /** The share of the time in which the process was not idle, 0 to 1. */
  share: z.number(),
});

const profile = z.object({
  busyMs: z.number(),
  idleMs: z.number(),
  packages: z.array(selfTime),
  functions: z.array(selfTime),
  /** The files open in a browser's developer tools. */
  files: z.array(z.string()),
});

const benchFigures = z.object({
  comparisons: z.array(comparison),
  /** Where the time of one API process goes; undefined without `--cpu-profile`. */
  profile: profile.optional(),
  /** Further figures, as sentences. */
  notes: z.array(z.string()).optional(),
});

/** The result of one benchmark. */
const benchResult = benchFigures.extend({
  /** The name of the command: `onsale bench NAME`. */
  name: z.string(),
  /** The operation and its yardstick. */
  title: z.string(),
  /** The measured operation, such as "hold". */
  operation: z.string(),
  tookMs: z.number(),
  /** Operations that failed, on both sides, the warm-ups included. */
  failures: z.number(),
  invariants: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      holds: z.boolean(),
      rowsRead: z.number(),
      violationCount: z.number(),
    }),
  ),
});

/** The results of `onsale bench NAME` or `onsale bench all`, with the machine that ran them. */
export const benchReportSchema = z.object({
  takenAt: z.string(),
  /** The commit of the checkout, with "-dirty" when files have changed. */
  commit: z.string().optional(),
  machine: machineSchema
    .omit({ loadBefore: true, loadAfter: true })
    /** Before the first benchmark. */
    .extend({ loadAverage: machineSchema.shape.loadBefore }),
  benches: z.array(benchResult),
});

export type Percentiles = z.infer<typeof percentiles>;
export type LoadResult = z.infer<typeof loadResult>;
export type Spread = z.infer<typeof spread>;
export type MeasuredRound = z.infer<typeof measuredRound>;
export type ContenderResult = z.infer<typeof contenderResult>;
export type Comparison = z.infer<typeof comparison>;
export type BenchProfile = z.infer<typeof profile>;
export type BenchFigures = z.infer<typeof benchFigures>;
export type BenchResult = z.infer<typeof benchResult>;
export type BenchReport = z.infer<typeof benchReportSchema>;
