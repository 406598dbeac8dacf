import { z } from "zod";
import { machineSchema } from "../study/machine.ts";

/** The version of the JSON format. It increases when a field changes its meaning or is removed. */
export const SERVICES_REPORT_VERSION = 1;

const count = z.int().nonnegative();
const number = z.number().nonnegative();

const distributionSchema = z.object({ count, p50: number, p95: number, max: number });
/** Durations in ms, by nearest rank. All 0 when there is none. */
export type Distribution = z.infer<typeof distributionSchema>;

const worldSchema = z.object({ isSplit: z.boolean(), hasFaults: z.boolean() });

const invariantSchema = z.object({
  id: z.string(),
  /** `always`: never violated. `in the end`: each violation ended. `broken`: one lasts. */
  holds: z.enum(["always", "in the end", "broken", "not examined"]),
  /** How long the violations lasted that have ended. */
  ms: distributionSchema,
});
export type InvariantFigures = z.infer<typeof invariantSchema>;

const stateSchema = z.object({
  state: z.string(),
  /** The payments that were in this state at some moment. */
  payments: count,
  ms: distributionSchema,
});

const saleSchema = worldSchema.extend({
  seeds: count,
  /** Seeds of which a check failed in the end. */
  failedSeeds: count,
  payments: count,
  /** The number of payments by their last state. */
  ends: z.record(z.string(), count),
  invariants: z.array(invariantSchema),
  states: z.array(stateSchema),
});
/** Sales of one kind, with buyers who also come late, have too few points or cancel. */
export type SaleFigures = z.infer<typeof saleSchema>;

const costSchema = worldSchema.extend({
  seeds: count,
  payments: count,
  /** From the request until the seat is sold, virtual ms. */
  ms: distributionSchema,
  /** For each payment, without those of the relays. */
  reads: number,
  writes: number,
  transactions: number,
  /** Outbox messages for each payment, and deliveries between the services. */
  messages: number,
  deliveries: number,
});
/** Payments of buyers who all have enough points and pay in time. */
export type CostFigures = z.infer<typeof costSchema>;

const naiveSchema = z.object({
  name: z.string(),
  about: z.string(),
  seeds: count,
  failedSeeds: count,
  firstFailed: count.optional(),
  checks: z.array(z.string()),
  example: z.string(),
});
export type NaiveFigures = z.infer<typeof naiveSchema>;

const liveSchema = z.object({
  isSplit: z.boolean(),
  inFlight: count,
  payments: count,
  perSecond: number,
  ms: distributionSchema,
});
/** Payments on real servers. */
export type LiveFigures = z.infer<typeof liveSchema>;

const ownershipSchema = z.object({
  /** A folder of core. */
  folder: z.string(),
  /** The tables that only this folder's stores write, or that it writes too. */
  writes: z.array(z.string()),
  reads: z.array(z.string()),
  /** The topics of the events that it writes. */
  topics: z.array(z.string()),
});
export type FolderOwnership = z.infer<typeof ownershipSchema>;

/** The result of `onsale study services`. */
export const servicesReportSchema = z.object({
  schemaVersion: z.literal(SERVICES_REPORT_VERSION),
  takenAt: z.iso.datetime(),
  commit: z.string().optional(),
  isQuick: z.boolean(),
  tookMs: number,
  firstSeed: count,
  machine: machineSchema.partial({ memoryMb: true }),
  ownership: z.array(ownershipSchema),
  sales: z.array(saleSchema),
  costs: z.array(costSchema),
  naive: z.array(naiveSchema),
  live: z.array(liveSchema),
});
export type ServicesReport = z.infer<typeof servicesReportSchema>;

/** True when every sale as designed passed, and every planted fault was found. */
export function isAsDesigned({ sales, naive }: Pick<ServicesReport, "sales" | "naive">): boolean {
  return (
    sales.every(({ failedSeeds }) => failedSeeds === 0) &&
    naive.every(({ failedSeeds }) => failedSeeds > 0)
  );
}
