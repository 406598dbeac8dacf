/*
 * Rows store whole microseconds since the epoch; the ports use Date objects and milliseconds. Only
 * this file converts between the two.
 */

const US_PER_MS = 1_000;

/** Converts a duration from milliseconds to microseconds. */
export function toUs(ms: number): number {
  return Math.round(ms * US_PER_MS);
}

export function toMs(us: number): number {
  return us / US_PER_MS;
}

export function usOf(date: Date): number {
  return date.getTime() * US_PER_MS;
}

/** Converts to a Date. Drops the microseconds below a millisecond, as MySQL's driver does. */
export function dateOf(us: number): Date {
  return new Date(Math.floor(us / US_PER_MS));
}

/** Converts a time that may be NULL. The ports use `undefined` for NULL. */
export function dateOrNone(us: number | null): Date | undefined {
  return us === null ? undefined : dateOf(us);
}

/** Truncates a time to milliseconds, as NOW(3) does. */
export function cutToMs(us: number): number {
  return Math.floor(us / US_PER_MS) * US_PER_MS;
}
