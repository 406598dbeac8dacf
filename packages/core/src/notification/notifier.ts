import type { AggregateType } from "../events/eventCatalog.ts";

/**
 * The consumer that notifies the receiver of sales. The name identifies its consumer group
 * and its inbox records.
 */
export const NOTIFIER = "reservation-notifier";

/** The aggregate types whose events become notifications. */
export const NOTIFIED_AGGREGATES = [
  "reservation",
  "payment",
] as const satisfies readonly AggregateType[];

export type NotifiedAggregate = (typeof NOTIFIED_AGGREGATES)[number];
