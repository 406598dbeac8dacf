import type { CheckContext } from "./checker.ts";

/** The share of the retention within which no cleanup can have touched a row. */
const KEPT_SHARE = 0.9;

/**
 * Cleanup deletes old messages, publications, inbox records and notifications, each by its own age.
 * So that a deleted row does not count as lost, a row is looked for only while the transition that
 * it belongs to is younger than nine tenths of the retention: no cleanup has touched anything of
 * that age, whenever it ran. Everything younger must be there.
 * @returns the moment, in microseconds since the epoch, up to which rows may be missing
 */
export function keptSinceUs({ nowUs, retentionMs }: CheckContext): number {
  return nowUs - Math.floor(retentionMs * KEPT_SHARE) * 1000;
}
