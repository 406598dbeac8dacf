/** How a session ended. */
export const buyerOutcomes = [
  "bought",
  "abandoned",
  "found-nothing",
  "always-too-late",
  "hold-expired",
  "lost-admission",
  "failed",
  "stopped",
] as const;
export type BuyerOutcome = (typeof buyerOutcomes)[number];

/** Thrown inside a step to end the session. */
export class BuyerEnded extends Error {
  readonly outcome: BuyerOutcome;
  constructor(outcome: BuyerOutcome, message = `The buyer's way ended: ${outcome}`) {
    super(message);
    this.name = "BuyerEnded";
    this.outcome = outcome;
  }
}
