/**
 * Every invariant as a sentence. The file imports nothing, so that a program that only shows the
 * titles does not load the checkers.
 */
export const INVARIANT_TITLES = {
  I1: "a seat has at most one live reservation",
  I2: "sold seats = seats of confirmed reservations = seats of captured payments",
  I3: "a balance is the sum of its ledger entries and never below zero",
  I4: "spent minus refunded is the sum of confirmed prices, over all payments",
  I5: "every transition has one outbox message, published at least once, applied once",
  I6: "messages of one aggregate are published in version order",
  I7: "active buyers stay within the active count max, admissions within the rate",
  I8: "no buyer is promoted before a buyer with a lower sequence in the same queue",
  I9: "an expired hold is not confirmed, and its seat is soon for sale again",
  I10: "the answers that clients received agree with the database",
} as const;

export type InvariantId = keyof typeof INVARIANT_TITLES;
