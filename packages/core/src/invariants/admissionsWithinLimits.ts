import type {
  AdmissionLimits,
  CheckedAdmissionRow,
  QueueLimitsRow,
} from "../ports/invariantReader.ts";
import type { Checker } from "./checker.ts";
import { type MinHeap, minHeap } from "./minHeap.ts";
import { violationLog } from "./violations.ts";

/** The rules of I7, with the message of a violation. */
export const LIMIT_RULES = {
  active: "more buyers were active than the queue allows",
  rate: "more buyers were admitted within a minute than the queue allows",
} as const;

/** Limits and the period of their validity, in microseconds since the epoch. */
interface LimitsPeriod extends AdmissionLimits {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** The admission rate counts the admissions of a window of this length. */
const RATE_WINDOW_US = 60_000_000;

/**
 * Tolerance around a change of limits: Redis and the database have different clocks, and a change
 * reaches Redis only after its commit.
 */
const CHANGE_SLACK_US = 5_000_000;

/**
 * Checks I7. At each admission, the checker counts the active admissions and the admissions of the
 * last minute. Only an admission raises these numbers, so they are never larger between two
 * admissions. At the moment of its end, an admission no longer counts. The checker keeps only the
 * active admissions and the admissions of the last minute.
 */
export function checkAdmissionsWithinLimits(): Checker {
  const log = violationLog(LIMIT_RULES);
  let rowsRead = 0;
  let periods: readonly LimitsPeriod[] = [];
  let active: MinHeap = minHeap();
  let recent = recentTimes();
  return {
    takeQueue(queue) {
      periods = periodsOf(queue);
      active = minHeap();
      recent = recentTimes();
    },
    takeAdmission(admission) {
      rowsRead += 1;
      const { queueId, userId, sequence, admittedAtUs: at } = admission;
      while ((active.first() ?? Number.POSITIVE_INFINITY) <= at) active.removeFirst();
      const endedAtUs = endOf(admission);
      // An admission that ended at the moment of its start never used a slot.
      if (endedAtUs > at) active.add(endedAtUs);
      const activeCount = active.size();
      const recentCount = recent.add(at);
      const { activeCountMax, admissionRatePerMinute } = limitsAt(periods, at);
      const ids = { queueId, userId, sequence };
      if (activeCount > activeCountMax) {
        log.add("active", { ...ids, active: activeCount, activeCountMax });
      }
      if (recentCount > admissionRatePerMinute) {
        log.add("rate", { ...ids, recent: recentCount, admissionRatePerMinute });
      }
    },
    result: () => log.result(rowsRead),
  };
}

/** The end of an admission: when its buyer gave it back, or when it expired. */
function endOf({ endedAtUs, expiresAtMs }: CheckedAdmissionRow): number {
  const expiresAtUs = expiresAtMs * 1000;
  return Math.min(endedAtUs ?? expiresAtUs, expiresAtUs);
}

/** The limits of a queue with their periods: the former limits in order, then the current ones. */
function periodsOf({ formerLimits, ...current }: QueueLimitsRow): LimitsPeriod[] {
  const periods: LimitsPeriod[] = [];
  let fromUs = 0;
  for (const { endedAtUs: untilUs, ...limits } of formerLimits) {
    periods.push({ ...limits, fromUs, untilUs });
    fromUs = untilUs;
  }
  return [...periods, { ...current, fromUs, untilUs: Number.POSITIVE_INFINITY }];
}

/**
 * Returns the limits at a moment. Near a change, each limit is the larger of its old and its new
 * value.
 */
function limitsAt(periods: readonly LimitsPeriod[], atUs: number): AdmissionLimits {
  const inForce = periods.filter(
    ({ fromUs, untilUs }) => fromUs - CHANGE_SLACK_US <= atUs && atUs <= untilUs + CHANGE_SLACK_US,
  );
  return {
    activeCountMax: Math.max(...inForce.map((period) => period.activeCountMax)),
    admissionRatePerMinute: Math.max(...inForce.map((period) => period.admissionRatePerMinute)),
  };
}

/** Counts admissions within one minute. */
function recentTimes(): { add(atUs: number): number } {
  const times: number[] = [];
  let from = 0;
  return {
    /** @returns the number of times in the minute that ends with this time */
    add(atUs) {
      times.push(atUs);
      while ((times[from] ?? atUs) <= atUs - RATE_WINDOW_US) from += 1;
      if (from * 2 > times.length) {
        times.splice(0, from);
        from = 0;
      }
      return times.length - from;
    },
  };
}
