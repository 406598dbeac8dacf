import type { CheckedAdmissionRow } from "../ports/invariantReader.ts";
import type { Checker } from "./checker.ts";
import { violationLog } from "./violations.ts";

/** I8. */
export const ORDER_OF_ADMISSION_RULES = {
  overtaken: "a buyer of a higher sequence was admitted first",
} as const;

/**
 * Checks I8: a buyer was overtaken when one of a higher sequence was admitted after the buyer had
 * entered the line and before the buyer was admitted. Keeps, for every earlier time, the highest
 * sequence admitted since: as long as no buyer is overtaken that is one number.
 */
export function checkAdmissionsKeepOrder(): Checker {
  const log = violationLog(ORDER_OF_ADMISSION_RULES);
  let rowsRead = 0;
  // Times ascending, sequences descending: the first entry after a time has the highest since then.
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
      // The admissions of one batch have one time: none of them is before another.
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
