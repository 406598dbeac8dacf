import type { Evidence } from "../../ports/evidenceStore.ts";
import { RATE_WINDOW_US } from "../shared/queueLimits.ts";
import { LIMIT_RULES, TURN_RULES } from "./evidenceRules.ts";
import { mergeEvidence, violationCollector } from "./findings.ts";

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

/** A queue's limits, each with its time: the former ones in their order, and those in force. */
export function periodsOf(
  former: readonly (AdmissionLimits & { readonly untilUs: number })[],
  current: AdmissionLimits,
): LimitsPeriod[] {
  const periods: LimitsPeriod[] = [];
  let fromUs = 0;
  for (const limits of former) {
    periods.push({ ...limits, fromUs });
    fromUs = limits.untilUs;
  }
  return [...periods, { ...current, fromUs, untilUs: Number.POSITIVE_INFINITY }];
}

/** The clocks of queue and database differ, and a change reaches the queue after its commit. */
const CHANGE_SLACK_US = 5_000_000;

/** The limits at a moment; around a change the wider of both. */
function limitsAt(periods: readonly LimitsPeriod[], atUs: number): AdmissionLimits {
  const inForce = periods.filter(
    ({ fromUs, untilUs }) => fromUs - CHANGE_SLACK_US <= atUs && atUs <= untilUs + CHANGE_SLACK_US,
  );
  return {
    activeCountMax: Math.max(...inForce.map((period) => period.activeCountMax)),
    admissionRatePerMinute: Math.max(...inForce.map((period) => period.admissionRatePerMinute)),
  };
}

/** Goes through the admissions of one queue, in the order of their times and sequences. */
export interface AdmissionSweep {
  /** The next one. */
  take(admission: SweptAdmission): void;
  /** What was found in those that were taken. */
  evidence(): Evidence;
}

/**
 * I7: counts at each admission how many are active with it, and how many came in the minute that
 * ends with it; an admission ends just before its end. No other moment can be worse, for both
 * numbers grow by admissions alone. Remembers only those who are active and those of the last
 * minute.
 */
export function sweepLimits(queueId: string, periods: readonly LimitsPeriod[]): AdmissionSweep {
  const active = minHeap();
  const recent = recentTimes();
  const broken = violationCollector();
  let examined = 0;
  return {
    take({ admittedAtUs: at, endedAtUs, userId, sequence }) {
      examined += 1;
      while ((active.first() ?? Number.POSITIVE_INFINITY) <= at) active.removeFirst();
      // A pass that ended as it began never filled a slot.
      if (endedAtUs > at) active.add(endedAtUs);
      const activeCount = active.size();
      const recentCount = recent.add(at);
      const { activeCountMax, admissionRatePerMinute } = limitsAt(periods, at);
      const ids = { queueId, userId, sequence };
      if (activeCount > activeCountMax) {
        const counted = { active: activeCount, activeCountMax };
        broken.add({ message: LIMIT_RULES.active, ids: { ...ids, ...counted } });
      }
      if (recentCount > admissionRatePerMinute) {
        const counted = { recent: recentCount, admissionRatePerMinute };
        broken.add({ message: LIMIT_RULES.rate, ids: { ...ids, ...counted } });
      }
    },
    evidence: () => mergeEvidence(examined, [broken.found()]),
  };
}

/** The times of one minute. */
function recentTimes(): { add(atUs: number): number } {
  const times: number[] = [];
  let from = 0;
  return {
    /** @returns how many came in the minute that ends with this one */
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

/**
 * I8: somebody was passed over when one of a higher sequence was admitted after they had entered
 * the line and before they were admitted. Keeps, for every earlier time, the highest sequence
 * admitted since: with nobody passed over that is one number.
 */
export function sweepTurns(queueId: string): AdmissionSweep {
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

  return {
    take(admission) {
      examined += 1;
      // Those of one batch have one time: none of them is before another.
      if (sameTime[0] && sameTime[0].admittedAtUs < admission.admittedAtUs) settle();
      const ahead = highest.find((earlier) => earlier.admittedAtUs > admission.enteredAtUs);
      if (ahead && ahead.sequence > admission.sequence) {
        const { userId, sequence, admittedAtUs } = admission;
        const overtaken = {
          overtakenByUserId: ahead.userId,
          overtakenBySequence: ahead.sequence,
          overtakenAtUs: ahead.admittedAtUs,
        };
        const ids = { queueId, userId, sequence, admittedAtUs, ...overtaken };
        broken.add({ message: TURN_RULES.overtaken, ids });
      }
      sameTime.push(admission);
    },
    evidence: () => mergeEvidence(examined, [broken.found()]),
  };
}

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
