import type { CheckedAdmissionRow } from "../ports/invariantReader.ts";
import type { Checker } from "./checker.ts";
import { violationLog } from "./violations.ts";

/** The rules of I8, with the message of a violation. */
export const ORDER_OF_ADMISSION_RULES = {
  overtaken: "a buyer of a higher sequence was admitted first",
} as const;

/**
 * Checks I8: no buyer is overtaken. Buyer A was overtaken when a buyer with a higher sequence was
 * admitted after A entered the queue and before A was admitted. For every earlier time, the checker
 * keeps the highest sequence that was admitted since that time. While no buyer has been overtaken,
 * the checker keeps only one sequence.
 */
export function checkAdmissionsKeepOrder(): Checker {
  const log = violationLog(ORDER_OF_ADMISSION_RULES);
  let rowsRead = 0;
  // Entries with ascending times and descending sequences. The first entry after a time has the
  // highest sequence that was admitted since that time.
  let highest: CheckedAdmissionRow[] = [];
  let sameTime: CheckedAdmissionRow[] = [];

  function settle(): void {
    for (const admission of sameTime) {
      const { sequence } = admission;
      highest = highest.filter((earlier) => earlier.sequence > sequence);
      highest.push(admission);
    }
    sameTime = [];
  }

  return {
    takeQueue() {
      highest = [];
      sameTime = [];
    },
    takeAdmission(admission) {
      rowsRead += 1;
      const { queueId, userId, sequence, admittedAtUs } = admission;
      // The admissions of one batch have the same time, so none of them is before another.
      if (sameTime[0] && sameTime[0].admittedAtUs < admittedAtUs) settle();
      const ahead = highest.find((earlier) => earlier.admittedAtUs > admission.enteredAtUs);
      if (ahead && ahead.sequence > sequence) {
        log.add("overtaken", {
          queueId,
          userId,
          sequence,
          admittedAtUs,
          overtakenByUserId: ahead.userId,
          overtakenBySequence: ahead.sequence,
          overtakenAtUs: ahead.admittedAtUs,
        });
      }
      sameTime.push(admission);
    },
    result: () => log.result(rowsRead),
  };
}
