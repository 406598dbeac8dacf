import type { AggregateType } from "../../events/eventCatalog.ts";

export interface EvidenceOptions {
  /** How long finished records are kept; older ones may have been tidied away. */
  readonly retentionMs: number;
  /** The consumer whose effects are the notifications. */
  readonly notifier: string;
  /** The aggregates whose messages it applies. */
  readonly notifiedTypes: readonly AggregateType[];
}

/** Between deciding to confirm and writing the payment: more than any transaction may take. */
export const CAPTURE_SLACK_MS = 10_000;

/** The share of the retention within which no cleanup can have touched a row. */
const HEED_SHARE = 0.9;

/**
 * Cleanup deletes old messages, publications, inbox records and notifications, by their ages. So
 * that nothing is taken for lost that was only tidied away, rows are looked for only while the
 * transition that they belong to is younger than nine tenths of the retention: no cleanup has
 * touched anything of that age, whatever the moment at which it ran. Nothing is excused that is
 * younger.
 * @returns the age, in microseconds, from which on rows may be missing
 */
export function heedMicrosOf({ retentionMs }: EvidenceOptions): number {
  return Math.floor(retentionMs * HEED_SHARE) * 1000;
}
