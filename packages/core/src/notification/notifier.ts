import type { AggregateType } from "../events/eventCatalog.ts";

/**
 * The consumer that notifies an external platform of sales; the name of its consumer group and of
 * its inbox.
 */
export const NOTIFIER = "reservation-notifier";

/** The aggregates whose events it handles. */
export const NOTIFIED_AGGREGATES = [
  "reservation",
  "payment",
] as const satisfies readonly AggregateType[];

export type NotifiedAggregate = (typeof NOTIFIED_AGGREGATES)[number];
