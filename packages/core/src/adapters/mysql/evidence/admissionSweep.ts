import type { Evidence } from "../../../ports/evidenceStore.ts";
import { mergeEvidence, violationCollector } from "./askQuestion.ts";

/** A pass as the sweeps see it; times in microseconds of the queue's clock. */
export interface SweptAdmission {
  readonly queueId: string;
  readonly userId: number;
  readonly sequence: number;
  readonly admittedAtUs: number;
  readonly enteredAtUs: number;
  /** When the slot was free again: given back, or expired. */
  readonly endedAtUs: number;
}

/** How many may be active, and be admitted within a minute. */
export interface AdmissionLimits {
  readonly activeCountMax: number;
  readonly admissionRatePerMinute: number;
}

/** Limits and when they were in force, in microseconds since the epoch. */
export interface LimitsPeriod extends AdmissionLimits {
  readonly fromUs: number;
  readonly untilUs: number;
}

const MINUTE_US = 60_000_000;

/** The clocks of queue and database differ, and a change reaches the queue after its commit. */
const CHANGE_SLACK_US = 5_000_000;

/** The limits at a moment; around a change the wider of both. */
export function limitsAt(periods: readonly LimitsPeriod[], atUs: number): AdmissionLimits {
  const inForce = periods.filter(
    ({ fromUs, untilUs }) => fromUs - CHANGE_SLACK_US <= atUs && atUs <= untilUs + CHANGE_SLACK_US,
  );
  return {
    activeCountMax: Math.max(...inForce.map((period) => period.activeCountMax)),
    admissionRatePerMinute: Math.max(...inForce.map((period) => period.admissionRatePerMinute)),
  };
}

type Sweep = (queueId: string, admissions: AsyncIterable<SweptAdmission>) => Promise<Evidence>;

/**
 * I7: goes through the admissions of a queue in the order of their times, and counts at each of
 * them how many are active with it, and how many came in the minute that ends with it; an
 * admission ends just before its end. No other moment can be worse, for both numbers grow by
 * admissions alone. Remembers only those who are active and those of the last minute.
 */
export async function sweepLimits(
  queueId: string,
  periods: readonly LimitsPeriod[],
  admissions: AsyncIterable<SweptAdmission>,
): Promise<Evidence> {
  const ends = minHeap();
  const lastMinute: number[] = [];
  let lastMinuteFrom = 0;
  const broken = violationCollector();
  let examined = 0;
  for await (const admission of admissions) {
    examined += 1;
    const at = admission.admittedAtUs;
    while ((ends.first() ?? Number.POSITIVE_INFINITY) <= at) ends.removeFirst();
    // A pass that ended as it began never filled a slot.
    if (admission.endedAtUs > at) ends.add(admission.endedAtUs);
    lastMinute.push(at);
    while ((lastMinute[lastMinuteFrom] ?? at) <= at - MINUTE_US) lastMinuteFrom += 1;
    if (lastMinuteFrom * 2 > lastMinute.length) {
      lastMinute.splice(0, lastMinuteFrom);
      lastMinuteFrom = 0;
    }
    const limits = limitsAt(periods, at);
    const ids = { queueId, userId: admission.userId, sequence: admission.sequence };
    if (ends.size() > limits.activeCountMax) {
      const counted = { active: ends.size(), activeCountMax: limits.activeCountMax };
      broken.add({
        message: "more were active than the queue allows",
        ids: { ...ids, ...counted },
      });
    }
    const recent = lastMinute.length - lastMinuteFrom;
    if (recent > limits.admissionRatePerMinute) {
      const counted = { recent, admissionRatePerMinute: limits.admissionRatePerMinute };
      broken.add({
        message: "more were admitted within a minute than the queue allows",
        ids: { ...ids, ...counted },
      });
    }
  }
  return mergeEvidence(examined, [broken.found()]);
}

/**
 * I8: somebody was passed over when one of a higher sequence was admitted after they had entered
 * the line and before they were admitted. Goes through the admissions in the order of their times
 * and keeps, for every earlier time, the highest sequence admitted since: with nobody passed over
 * that is one number.
 */
export const sweepTurns: Sweep = async (queueId, admissions) => {
  // Times ascending, sequences descending: the first entry after a time has the highest since then.
  let highest: SweptAdmission[] = [];
  let sameTime: SweptAdmission[] = [];
  const broken = violationCollector();
  let examined = 0;

  function settle(): void {
    for (const admission of sameTime) {
      const { sequence } = admission;
      highest = highest.filter((earlier) => earlier.sequence > sequence);
      highest.push(admission);
    }
    sameTime = [];
  }

  for await (const admission of admissions) {
    examined += 1;
    // Those of one batch have one time: none of them is before another.
    if (sameTime[0] && sameTime[0].admittedAtUs < admission.admittedAtUs) settle();
    const ahead = highest.find((earlier) => earlier.admittedAtUs > admission.enteredAtUs);
    if (ahead && ahead.sequence > admission.sequence) {
      broken.add({
        message: "somebody of a higher sequence was admitted first",
        ids: {
          queueId,
          userId: admission.userId,
          sequence: admission.sequence,
          admittedAtUs: admission.admittedAtUs,
          overtakenByUserId: ahead.userId,
          overtakenBySequence: ahead.sequence,
          overtakenAtUs: ahead.admittedAtUs,
        },
      });
    }
    sameTime.push(admission);
  }
  return mergeEvidence(examined, [broken.found()]);
};

interface MinHeap {
  add(value: number): void;
  first(): number | undefined;
  removeFirst(): void;
  size(): number;
}

/** A binary heap (Williams 1964), smallest first. */
function minHeap(): MinHeap {
  const heap: number[] = [];
  const at = (index: number): number => heap[index] ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [at(b), at(a)];
  };
  return {
    add(value) {
      heap.push(value);
      for (let child = heap.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1;
        if (at(parent) <= at(child)) break;
        swap(parent, child);
        child = parent;
      }
    },
    first: () => heap[0],
    removeFirst() {
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return;
      heap[0] = last;
      for (let parent = 0; ; ) {
        const left = parent * 2 + 1;
        const child = at(left + 1) < at(left) ? left + 1 : left;
        if (at(parent) <= at(child)) break;
        swap(parent, child);
        parent = child;
      }
    },
    size: () => heap.length,
  };
}
