/*
 * The payment service, split off: an experiment
 *
 * Problem: in the product one transaction spends the points, confirms the reservation and sells the
 * seats. With two databases there is no such transaction. This folder splits the payment off and
 * measures what replaces the transaction: a saga, that is one local transaction for each step, and
 * a message between two steps. No setting of the product leads here.
 *
 * The reservation service owns seats and reservations, the payment service owns points and
 * payments. Each has a database, an outbox and an inbox of its own.
 *
 *   reservation service                      payment service
 *   PENDING, asked to pay
 *   payment.requested        ------------>   spends the points, inserts the payment
 *   confirms, sells the seats  <----------   payment.captured
 *   keeps the hold             <----------   payment.refused (too few points)
 *
 * Compensation, when the hold expired or was cancelled before `payment.captured` arrived:
 *
 *   refund.requested         ------------>   refunds the payment
 *   shows the buyer            <----------   payment.refunded
 *
 * Rules, each of which a planted fault of `NAIVE_SPLITS` breaks:
 *
 * - A step and its inbox record are one transaction, so that a repeated message has one effect.
 * - A step and the message to the next step are one transaction (the outbox).
 * - The hold's own clock decides: a payment never revives a hold.
 * - Only the answer of the payment service starts a compensation. A refund that is sent on a guess
 *   can overtake the payment that it should refund.
 *
 * Not promised: an order between messages of different aggregates, and that points and seats agree
 * at each moment. They agree when all messages have been applied.
 */

/** How a split leaves out a rule. All false: the saga as designed. */
export interface SplitFaults {
  /** The payment service applies repeated messages; no unique key stops a second payment. */
  readonly ignoresInbox: boolean;
  /** The reservation service records a message and commits before it applies the message. */
  readonly recordsFirst: boolean;
  /** The points stay spent when the hold has ended before the answer arrived. */
  readonly keepsLatePayment: boolean;
  /** A captured payment confirms the reservation, whatever its state. */
  readonly revivesHold: boolean;
  /** A buyer's look at an ended hold asks for the refund without waiting for the answer. */
  readonly refundsOnGuess: boolean;
}

/** The saga as designed. */
export const DESIGNED: SplitFaults = {
  ignoresInbox: false,
  recordsFirst: false,
  keepsLatePayment: false,
  revivesHold: false,
  refundsOnGuess: false,
};

export interface NaiveSplit {
  readonly name: string;
  readonly about: string;
  readonly faults: SplitFaults;
}

/** Splits that leave out one rule each. The checks must notice each of them. */
export const NAIVE_SPLITS: readonly NaiveSplit[] = [
  {
    name: "no-idempotency",
    about: "the payment service applies a repeated message again",
    faults: { ...DESIGNED, ignoresInbox: true },
  },
  {
    name: "record-first",
    about: "the inbox record is committed before the effect",
    faults: { ...DESIGNED, recordsFirst: true },
  },
  {
    name: "no-compensation",
    about: "a payment for an ended hold is not refunded",
    faults: { ...DESIGNED, keepsLatePayment: true },
  },
  {
    name: "revive-hold",
    about: "a captured payment confirms a hold that has ended",
    faults: { ...DESIGNED, revivesHold: true },
  },
  {
    name: "refund-on-guess",
    about: "the refund is sent before the answer to the payment has come",
    faults: { ...DESIGNED, refundsOnGuess: true },
  },
];
