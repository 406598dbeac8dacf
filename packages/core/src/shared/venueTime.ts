import { z } from "zod";
import { isStorableTime } from "./storableTime.ts";

/*
 * Times at a venue
 *
 * A performance starts at an instant, and buyers know it by the date and the time on the wall of
 * the venue. A venue has a time zone by its IANA name, such as America/Los_Angeles. The offset from
 * UTC at the start is computed when an operator writes the performance, and stored beside the
 * instant. So a read needs no time zone data, a filter by date is a comparison in the database, and
 * all processes give the same answer. In a night in which the clocks go back, two instants have the
 * same time on the wall; their offsets differ.
 *
 * Not promised: that the offset follows a government that changes the zone after the performance
 * was written. `onsale performance edit --time-zone` with the same zone computes it again.
 */

/** The zone of a performance that names none. */
export const DEFAULT_TIME_ZONE = "UTC";

const NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;
const OFFSET = /^GMT(?:([+-])(\d\d):(\d\d)(?::\d\d)?)?$/;
const MINUTE_MS = 60_000;

/** Says what is wrong with the name of a time zone; undefined for a name that Node's data have. */
export function timeZoneMistake(name: string): string | undefined {
  const unknown = `"${name}" is not a time zone; use an IANA name, such as Asia/Seoul`;
  if (!NAME.test(name)) return unknown;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions();
    // Other programs compare the letters of the name exactly.
    const isOtherCase = timeZone !== name && timeZone.toLowerCase() === name.toLowerCase();
    return isOtherCase ? `must be written as ${timeZone}` : undefined;
  } catch {
    return unknown;
  }
}

/** The IANA name of a time zone. */
export const timeZoneSchema = z
  .string()
  .superRefine((name, context) => {
    const message = timeZoneMistake(name);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .meta({ pattern: NAME.source });

/**
 * Returns the offset of the zone from UTC at an instant, in minutes: -480 for 19:30-08:00.
 * @throws RangeError for an unknown zone or an invalid Date
 */
export function utcOffsetMinutesAt(timeZone: string, instant: Date): number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const name = format.formatToParts(instant).find(({ type }) => type === "timeZoneName")?.value;
  const [, sign, hours = "0", minutes = "0"] = OFFSET.exec(name ?? "") ?? [];
  const offset = Number(hours) * 60 + Number(minutes);
  return sign === "-" ? -offset : offset;
}

/** An instant with the offset of its place from UTC. */
export interface PlacedTime {
  readonly startsAt: Date;
  readonly utcOffsetMinutes: number;
}

/** The time on the wall of the venue, as a Date whose UTC fields are those of the wall. */
export function wallTime({ startsAt, utcOffsetMinutes }: PlacedTime): Date {
  return new Date(startsAt.getTime() + utcOffsetMinutes * MINUTE_MS);
}

/** True when the years of the instant and of the time on the wall can both be stored. */
export function isStorableAtVenue(startsAt: Date, timeZone: string): boolean {
  if (!isStorableTime(startsAt)) return false;
  const utcOffsetMinutes = utcOffsetMinutesAt(timeZone, startsAt);
  return isStorableTime(wallTime({ startsAt, utcOffsetMinutes }));
}

/** The date on the wall, such as 2026-12-25. @param wall a result of `wallTime` */
export const dateOf = (wall: Date): string => wall.toISOString().slice(0, 10);

/** Date and time at the venue: 2026-12-25 and 19:30:00-08:00 (RFC 3339; Z for UTC). */
export function venueTime(time: PlacedTime): { readonly date: string; readonly time: string } {
  const wall = wallTime(time);
  return { date: dateOf(wall), time: wall.toISOString().slice(11, 19) + offsetText(time) };
}

function offsetText({ utcOffsetMinutes }: PlacedTime): string {
  if (utcOffsetMinutes === 0) return "Z";
  const two = (part: number): string => String(part).padStart(2, "0");
  const minutes = Math.abs(utcOffsetMinutes);
  const sign = utcOffsetMinutes < 0 ? "-" : "+";
  return `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
