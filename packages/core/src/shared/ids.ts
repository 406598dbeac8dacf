import { randomUUID } from "node:crypto";

/** Makes unique names for messages and owners. A simulation makes reproducible names. */
export interface Ids {
  /**
   * Returns a UUID of version 7. It begins with the time, so new rows are inserted at the end of an
   * index.
   */
  uuid(): string;
}

/** Number of ids that share a millisecond: the counter has 12 bits. */
const IDS_PER_MS = 0x1000;

/**
 * Makes UUIDs of version 7 (RFC 9562): the time in milliseconds, a counter within the millisecond
 * (section 6.2, method 1), and 62 random bits. Each id is greater than the one before, also when
 * the clock is set back, and when a millisecond has more ids than the counter can count: the time
 * of the ids then runs ahead of the clock.
 * @param randomUuid makes UUIDs of version 4. Node takes them from a pool of random bytes, which
 *   is faster than random bytes for each id
 */
export function timeOrderedIds(nowMs: () => number, randomUuid: () => string): Ids {
  let lastMs = 0;
  let counter = 0;
  let timeText = "";
  return {
    uuid() {
      const ms = nowMs();
      counter += 1;
      if (ms > lastMs || counter === IDS_PER_MS) {
        lastMs = Math.max(ms, lastMs + 1);
        counter = 0;
        const hex = lastMs.toString(16).padStart(12, "0");
        timeText = `${hex.slice(0, 8)}-${hex.slice(8)}`;
      }
      const counterText = counter.toString(16).padStart(3, "0");
      return `${timeText}-7${counterText}${randomUuid().slice(UNTIL_RANDOM)}`;
    },
  };
}

/** The length of the part of a UUID that time and counter replace. */
const UNTIL_RANDOM = "00000000-0000-7000".length;

/** The ids of a process. */
export const systemIds: Ids = timeOrderedIds(Date.now, () => randomUUID());
