import type { InvariantId } from "@onsale/core";

/** What the checks beside the invariants say, as sentences. */
export const CHECK_TITLES = {
  answers: "no request ends in an internal error",
  keys: "one Idempotency-Key has one answer",
  charges: "a charge is booked once for each key that was sent",
  line: "who polls as told keeps their place in line",
  service: "when nothing breaks, seats are had and nobody fails",
  loops: "no loop fails but for a server that is away",
  liveness: "after the last fault everything comes to rest",
} as const;

/** What a run is judged by: the invariants, and what buyers and loops saw. */
export type CheckId = InvariantId | keyof typeof CHECK_TITLES;

/** Something that must never happen, and did. */
export interface Violation {
  readonly check: CheckId;
  readonly message: string;
  readonly ids: Readonly<Record<string, unknown>>;
}
