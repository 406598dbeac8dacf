import type { AggregateType } from "../ports/outboxStore.ts";

/** The consumer that tells an external platform of sales; names its group and its inbox. */
export const NOTIFIER = "reservation-notifier";

/** The aggregates whose messages it applies. */
export const NOTIFIED_AGGREGATES: readonly AggregateType[] = ["reservation", "payment"];
