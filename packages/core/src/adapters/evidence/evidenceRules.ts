/*
 * Every rule behind the invariants by its name, with the sentence that says what a row means that
 * breaks it. Each adapter looks for those rows in its own way, under the same names.
 */

/**
 * I1: at most one live reservation for a seat. The first rule is the invariant; the others hold
 * together the three places that tell of a claim (seat, reservation, reservation_seats), because
 * a seat on which they disagree can be sold twice by the next statement that trusts the wrong
 * one.
 */
export const CLAIM_RULES = {
  liveTwice: "the seat has more than one live reservation",
  // A claim runs from the hold to what ended it; a sale never ends. Takeover begins after expiry.
  givenAwayEarly: "the seat was given to the next buyer while the earlier reservation still stood",
  liveFlag: "the claim's live flag and its reservation's status disagree",
  seatStatus: "the seat's status and the status of the reservation that it names disagree",
  seatWithoutClaim: "the seat names a reservation that has no live claim on it",
  claimWithoutSeat: "the reservation has a live claim on a seat that names another, or none",
  noSeat: "the reservation has no seat at all",
  otherPerformance: "the reservation has a seat of another performance",
  twoEnds: "seat and reservation disagree by more than a millisecond on when the hold ends",
} as const;

/**
 * I2: three sets of seats that must be one. Pairs of seat and reservation are compared, not
 * counts.
 */
export const SALE_RULES = {
  soldToNobody: "the seat is sold, and the reservation that it names is not confirmed or lacks it",
  confirmedUnsold: "the reservation is confirmed, and its seat is not sold to it",
  confirmedUnpaid: "the reservation is confirmed without a captured payment",
  paidUnconfirmed: "the payment is captured for a reservation that is not confirmed",
  refunded: "reservation and payment disagree on whether it was refunded",
} as const;

/** I3: the balance is what the ledger says, entry by entry. */
export const LEDGER_RULES = {
  sum: "the balance is not the sum of the entries",
  belowZero: "the balance was below zero",
  chain: "the entries do not follow from each other, version by version",
  accountVersion: "the account's version is not the number of its entries",
  noAccount: "the entry has no account",
} as const;

/**
 * I4: charged − refunded = the sum of confirmed prices, in total and for each payment. All but the
 * first rule compare one payment with its reservation and its entries in the ledger.
 */
export const PAYMENT_RULES = {
  total: "in total, spent minus refunded is not the sum of the confirmed seats' prices",
  amountOrUser: "the payment's amount or user is not its reservation's",
  prices: "the reservation's amount is not the sum of its seats' prices",
  spend: "the payment is not spent in the ledger exactly once, by its buyer and in full",
  refund: "the refund in the ledger and the payment's status disagree",
  entry: "the entry spends or refunds without a payment, or charges with a reservation",
  refundTime: "the payment's status and its time of refund disagree",
} as const;

/** I5 at any moment: one message for each transition, no effect twice. */
export const MESSAGE_RULES = {
  noMessage: "the transition has no outbox message",
  noTransition: "the outbox message tells of a transition that was never made",
  twoMessages: "the transition has more than one outbox message",
  // PENDING is the first state, REFUNDED the third; every other the second.
  version: "the version does not count the transitions that lead to this state",
  appliedTwice: "the message was applied more than once",
  noInboxRecord: "the notification has no inbox record",
  noNotification: "the inbox record has no notification",
} as const;

/** I5 once everything has come to rest: also published, and applied where somebody listens. */
export const DELIVERY_RULES = {
  unpublished: "the message was not published",
  unapplied: "the published message was not applied by the notifier",
} as const;

/**
 * I6: the first publication of each version comes after that of every lower one. Replays come
 * later and do not matter. Cleanup takes the oldest publications, so what is left of an aggregate
 * may begin anywhere.
 */
export const ORDER_RULES = {
  outOfOrder: "the version was published before a lower one of its aggregate",
  lowerUnpublished: "the version was published while a lower one of its aggregate was not",
} as const;

/** I7. */
export const LIMIT_RULES = {
  active: "more were active than the queue allows",
  rate: "more were admitted within a minute than the queue allows",
} as const;

/** I8. */
export const TURN_RULES = {
  overtaken: "somebody of a higher sequence was admitted first",
} as const;

/**
 * I9: nothing overdue for longer than the bound, and nothing confirmed after its end. The moment of
 * confirming is `updated_at` of a CONFIRMED reservation: the same statement read the clock for
 * both. A refund overwrites it; then the payment's time stands in, which a later statement of the
 * same transaction took, hence `CAPTURE_SLACK_MS`.
 */
export const HOLD_RULES = {
  pendingOverdue: "the hold is over and the reservation still pending, beyond the stated bound",
  heldOverdue: "the hold is over and the seat still held, beyond the stated bound",
  confirmedLate: "the reservation was confirmed after its hold was over",
  capturedLate: "the payment was captured after the hold was over",
  expiredEarly: "the reservation is expired before its hold was over",
} as const;

/** I10: what a client with an idempotency key was told, and would be told again. */
export const ANSWER_RULES = {
  noAnswer: "the idempotency key was committed without an answer",
  reservation: "the stored answer names a reservation that is not there, or another buyer's",
  payment: "the stored answer names a payment that is not there, or in another state",
  charge: "the stored answer tells of a charge, and no charge left that balance",
} as const;

/** I10: what clients themselves say that they were told. */
export const TOLD_RULES = {
  reservation: "an acknowledged reservation is not there",
  payment: "an acknowledged payment is not there",
  charges: "acknowledged charges are not in the ledger",
} as const;

/** What every rule says; no two say the same. */
export const EVIDENCE_MESSAGES: readonly string[] = [
  CLAIM_RULES,
  SALE_RULES,
  LEDGER_RULES,
  PAYMENT_RULES,
  MESSAGE_RULES,
  DELIVERY_RULES,
  ORDER_RULES,
  LIMIT_RULES,
  TURN_RULES,
  HOLD_RULES,
  ANSWER_RULES,
  TOLD_RULES,
].flatMap((rules) => Object.values(rules));
