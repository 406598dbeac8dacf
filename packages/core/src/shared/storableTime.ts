import { isDate } from "node:util/types";
import { z } from "zod";

/**
 * The years that a DATETIME of MySQL supports (manual, "The DATE, DATETIME, and TIMESTAMP Types").
 */
const YEAR_MIN = 1000;
const YEAR_MAX = 9999;

/** The rule for the year of a time; the year is the one in UTC, because MySQL stores UTC. */
export const STORABLE_YEARS = `the years ${YEAR_MIN} to ${YEAR_MAX}`;

/** Returns true for a valid Date that a DATETIME of MySQL can store. */
export function isStorableTime(time: unknown): boolean {
  const year = isDate(time) ? time.getUTCFullYear() : Number.NaN;
  return year >= YEAR_MIN && year <= YEAR_MAX;
}

/**
 * A time that a person gives, with its offset from UTC: "2027-05-01T19:30:00+09:00". Refuses a time
 * that MySQL cannot store. The offset counts: 9999-12-31T23:59:59-12:00 is in the year 10000 UTC.
 */
export const timeSchema = z.iso
  .datetime({
    offset: true,
    error: 'must be a time with its offset from UTC, such as "2027-05-01T19:30:00+09:00"',
  })
  .refine((text) => {
    const time = new Date(text);
    // The format has refused a text that is no time.
    return Number.isNaN(time.getTime()) || isStorableTime(time);
  }, `must be in ${STORABLE_YEARS} in UTC`);
