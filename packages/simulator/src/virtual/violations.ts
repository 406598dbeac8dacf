import type { InvariantId } from "@onsale/core";

/** The checks that are not invariants, each with a sentence. */
export const CHECK_TITLES = {
  answers: "no request ends in an internal error",
  keys: "one Idempotency-Key has one answer",
  charges: "a charge is booked once for each key that was sent",
  line: "a buyer who polls in time keeps the place in line",
  rules: "answers and jobs keep the rules of the sale: limit, window, seats kept back, left places",
  service: "in a run without faults buyers hold seats, no session fails, no message is repeated",
  sales: "the sales projection counts what the reservations say",
  loops: "a loop fails only while a server does not answer",
  liveness: "after the last fault all work finishes",
  runbook: "a runbook ends its incident, wherever its operator is killed",
} as const;

/** The checks of a run: the invariants, and the checks of sessions and loops. */
export type CheckId = InvariantId | keyof typeof CHECK_TITLES;

/** A broken check, with its message and the ids of its rows. */
export interface Violation {
  readonly check: CheckId;
  readonly message: string;
  readonly ids: Readonly<Record<string, unknown>>;
}

/** The violation of an error that the product should have handled. */
export function internalError(message: string): Violation {
  return { check: "answers", message, ids: {} };
}
