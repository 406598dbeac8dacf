/*
 * Rows hold whole microseconds since the epoch; ports speak of Dates and of milliseconds. This is
 * the one place that turns one into the other.
 */

const US_PER_MS = 1_000;

/** A span of time. */
export function toUs(ms: number): number {
  return Math.round(ms * US_PER_MS);
}

export function toMs(us: number): number {
  return us / US_PER_MS;
}

export function usOf(date: Date): number {
  return date.getTime() * US_PER_MS;
}

/** A Date holds milliseconds; the rest is cut off, as the driver does it. */
export function dateOf(us: number): Date {
  return new Date(Math.floor(us / US_PER_MS));
}

/** NULL is `undefined` outside the adapter. */
export function dateOrNone(us: number | null): Date | undefined {
  return us === null ? undefined : dateOf(us);
}

/** NOW(3). */
export function cutToMs(us: number): number {
  return Math.floor(us / US_PER_MS) * US_PER_MS;
}
