/** The possible outcomes of a session. */
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

/** Thrown within a session to end it with this outcome. */
export class BuyerEnded extends Error {
  readonly outcome: BuyerOutcome;
  constructor(outcome: BuyerOutcome, message = `The buyer's session ended: ${outcome}`) {
    super(message);
    this.name = "BuyerEnded";
    this.outcome = outcome;
  }
}
