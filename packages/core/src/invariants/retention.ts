import type { CheckContext } from "./checker.ts";

/** A row that is younger than this share of the retention cannot have been deleted yet. */
const KEPT_SHARE = 0.9;

/**
 * Cleanup deletes old messages, publications, inbox records and notifications, each by its own age.
 * A deleted row must not count as lost. So a checker requires a row only when its transition is
 * younger than nine tenths of the retention: cleanup cannot have deleted rows of that age.
 * @returns the time, in microseconds since the epoch, before which rows may be missing
 */
export function keptSinceUs({ nowUs, retentionMs }: CheckContext): number {
  return nowUs - Math.floor(retentionMs * KEPT_SHARE) * 1000;
}
