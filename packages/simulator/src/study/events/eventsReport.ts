import { z } from "zod";
import { machineSchema } from "../machine.ts";

/** The version of the JSON format. It increases when a field changes its meaning or is removed. */
export const EVENTS_REPORT_VERSION = 2;

export const notifyWays = ["direct", "in-process", "kafka"] as const;
export type NotifyWay = (typeof notifyWays)[number];
export const wayTitles: Readonly<Record<NotifyWay, string>> = {
  direct: "Direct call in the transaction",
  "in-process": "In-process event after COMMIT",
  kafka: "Outbox and Kafka",
};

export const notifierStates = ["fast", "slow", "failing"] as const;
export type NotifierState = (typeof notifierStates)[number];
export const stateTitles: Readonly<Record<NotifierState, string>> = {
  fast: "answers at once",
  slow: "takes 3 s",
  failing: "fails",
};

const count = z.number().int().nonnegative();
const number = z.number().nonnegative();
const cellSchema = z.object({
  way: z.enum(notifyWays),
  notifier: z.enum(notifierStates),
  request: z.enum(["hold", "payment"]),
  /** The counts and times are of all rounds together. */
  accepted: count,
  /** Requests that the buyer saw fail. */
  refused: count,
  /** Refused requests whose change was committed all the same. */
  committedThoughRefused: count,
  /** Percentiles of all answers, accepted and refused, ms. */
  p50Ms: number,
  p95Ms: number,
  p99Ms: number,
  /** The least and the largest median of one round, ms. */
  p50RangeMs: z.tuple([number, number]),
});
export type EventsCell = z.infer<typeof cellSchema>;

export const eventsReportSchema = z.object({
  schemaVersion: z.literal(EVENTS_REPORT_VERSION),
  takenAt: z.iso.datetime(),
  commit: z.string().optional(),
  isQuick: z.boolean(),
  tookMs: number,
  machine: machineSchema.partial({ memoryMb: true }),
  /** Buyers at the same moment, in each round. */
  buyers: count,
  rounds: count,
  cells: z.array(cellSchema),
});
export type EventsReport = z.infer<typeof eventsReportSchema>;

/** The promises of the product's way that the measurement did not confirm. */
export function eventsProblems({ cells }: EventsReport): readonly string[] {
  const own = cells.filter(({ way }) => way === "kafka");
  if (own.length === 0) return ["nothing was measured"];
  return own
    .filter(({ refused, p50Ms }) => refused > 0 || p50Ms >= SLOW_MS)
    .map(({ request, notifier }) => `a ${request} felt a notifier that ${stateTitles[notifier]}`);
}

/** How long the slow notifier takes, ms. */
export const SLOW_MS = 3_000;
