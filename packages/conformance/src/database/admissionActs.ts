import type { EndedAdmission, Promotion } from "@onsale/core";

/** The time of the admissions of these cases. */
export const NOW_MS = 1_790_000_000_000;
export const FIRST_SEQUENCE = 1_789_999_000_000_000;

/** Makes the admission of user n, whose place is the nth. */
export function promotion(n: number, changes: Partial<Promotion> = {}): Promotion {
  return {
    userId: n,
    sequence: FIRST_SEQUENCE + n,
    admittedAtUs: NOW_MS * 1000 - 1_000_000,
    enteredAtUs: FIRST_SEQUENCE + n,
    expiresAtMs: NOW_MS + 60_000,
    ...changes,
  };
}

/** Makes the end of the admission of user n. */
export function endOf(n: number, changes: Partial<EndedAdmission> = {}): EndedAdmission {
  const { userId, sequence, admittedAtUs } = promotion(n);
  const end = { userId, sequence, admittedAtUs, endedAtUs: NOW_MS * 1000 + n };
  return { ...end, reason: "PAID", ...changes };
}
