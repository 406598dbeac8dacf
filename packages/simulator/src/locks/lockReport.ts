import { z } from "zod";
import { machineSchema } from "../study/machine.ts";

export const LOCK_REPORT_VERSION = 1;

/** A mean with its 95 % confidence interval: mean ± `halfWidth`; 0 with one run. */
const estimateSchema = z.object({ mean: z.number(), halfWidth: z.number(), runs: z.int() });
export type Estimate = z.infer<typeof estimateSchema>;

const contentionSchema = z.object({
  buyers: z.int(),
  /** 1, or the size of the hall in which buyers choose by Zipf's law. */
  seats: z.int(),
  /** From the first request until the last buyer has an answer, ms. */
  elapsedMs: estimateSchema,
  /** From the first request until the last accepted one, ms. */
  soldOutMs: estimateSchema,
  /** Means of a run. */
  accepted: z.number(),
  refused: z.number(),
  failed: z.number(),
  deadlocks: z.number(),
  /** Buyers of a run who got a seat that another buyer had already got. */
  doubleSales: z.number(),
  /** For each seat that was sold. */
  statementsPerSale: z.number(),
  rollbacksPerSale: z.number(),
  /** Errors of failed buyers with their numbers, over all runs. */
  failures: z.record(z.string(), z.int()),
});
export type ContentionFigures = z.infer<typeof contentionSchema>;

const stallSchema = z.object({
  ttlMs: z.number(),
  stallMs: z.number(),
  runs: z.int(),
  /** Buyers who passed the lock and reached the database while it stalled, mean of a run. */
  accepted: z.number(),
  /** Over all runs. */
  doubleSales: z.int(),
});
export type StallFigures = z.infer<typeof stallSchema>;

const virtualSchema = z.object({
  seeds: z.int(),
  /** Seeds that broke a check. */
  failedSeeds: z.int(),
  /** Seeds in which a seat had two live reservations, or a request ended in an internal error. */
  doubleSaleSeeds: z.int(),
  firstFailed: z.int().optional(),
  /** The checks that failed. */
  checks: z.array(z.string()),
  deadlocks: z.int(),
});
export type VirtualFigures = z.infer<typeof virtualSchema>;

const strategySchema = z.object({
  name: z.string(),
  about: z.string(),
  isSafe: z.boolean(),
  /** True when only the unique index refuses, so that buyers who come too late get a 500. */
  losersFail: z.literal(true).optional(),
  specification: z.union([z.number(), z.literal("deadlocks")]).optional(),
  contention: z.array(contentionSchema),
  stall: stallSchema.optional(),
  virtual: virtualSchema.optional(),
});
export type StrategyFigures = z.infer<typeof strategySchema>;

/** The result of `onsale sim locks`. */
export const lockReportSchema = z.object({
  schemaVersion: z.literal(LOCK_REPORT_VERSION),
  takenAt: z.string(),
  commit: z.string().optional(),
  machine: machineSchema
    .omit({ loadBefore: true, loadAfter: true })
    .partial({ memoryMb: true })
    /** Before the first measurement. */
    .extend({ loadAverage: machineSchema.shape.loadBefore }),
  /** False when the run was interrupted. */
  isComplete: z.boolean(),
  seed: z.int(),
  strategies: z.array(strategySchema),
});
export type LockReport = z.infer<typeof lockReportSchema>;

/**
 * The safe strategies that sold a seat twice, on the servers or in virtual time, or that failed
 * another check in virtual time. None is expected.
 */
export function brokenStrategies({ strategies }: LockReport): readonly string[] {
  return strategies.filter((one) => one.isSafe && isBroken(one)).map(({ name }) => name);
}

function isBroken({ contention, stall, virtual, losersFail }: StrategyFigures): boolean {
  const isSoldTwice =
    contention.some(({ doubleSales }) => doubleSales > 0) ||
    (stall?.doubleSales ?? 0) > 0 ||
    (virtual?.doubleSaleSeeds ?? 0) > 0;
  return isSoldTwice || (!losersFail && (virtual?.failedSeeds ?? 0) > 0);
}
