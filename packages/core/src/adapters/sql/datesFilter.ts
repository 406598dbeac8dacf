/**
 * The first and the last value of a DATETIME. The last has microseconds, so it is later than any
 * Date in its millisecond.
 */
const FIRST_TIME = "0000-01-01 00:00:00";
const LAST_TIME = "9999-12-31 23:59:59.999999";

/** More than the offset of any zone from UTC, which is at most 15 h 13 min in the past. */
const OFFSET_MS_MAX = 24 * 60 * 60 * 1000;

/** The times that the search for concerts of some dates compares with, by their parameters. */
export function datesFilter(from: Date | undefined, until: Date | undefined) {
  return {
    from: from === undefined ? FIRST_TIME : comparable(from),
    fromUtc: from === undefined ? FIRST_TIME : comparable(new Date(+from - OFFSET_MS_MAX)),
    until: until === undefined ? LAST_TIME : comparable(until),
    untilUtc: until === undefined ? LAST_TIME : comparable(new Date(+until + OFFSET_MS_MAX)),
  };
}

/** Replaces a time outside the range of DATETIME by the nearest end of the range. */
function comparable(bound: Date): Date | string {
  const year = bound.getUTCFullYear();
  if (year < 0) return FIRST_TIME;
  return year > 9999 ? LAST_TIME : bound;
}
