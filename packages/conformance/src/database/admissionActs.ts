import type { EndedAdmission, Promotion } from "@onsale/core";

/** The moment at which the admissions of the cases are looked at. */
export const NOW_MS = 1_790_000_000_000;
export const FIRST_SEQUENCE = 1_789_999_000_000_000;

/** The admission of user n, who has the nth place. */
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

/** The end of that admission. */
export function endOf(n: number, changes: Partial<EndedAdmission> = {}): EndedAdmission {
  const endedAtUs = NOW_MS * 1000 + n;
  return { userId: n, sequence: FIRST_SEQUENCE + n, endedAtUs, reason: "PAID", ...changes };
}
