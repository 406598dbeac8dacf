import type {
  AccountRow,
  AnswerRow,
  CheckedAdmissionRow,
  CheckedInboxRow,
  CheckedNotificationRow,
  CheckedPaymentRow,
  CheckedReservationRow,
  CheckedSeatRow,
  EntryRow,
  MessageRow,
  OwnedReservationRow,
  PublicationVersionRow,
  PublishedRow,
  QueueLimitsRow,
  ReservationSeatRow,
  SeatLinkRow,
  UnpublishedRow,
} from "../ports/invariantReader.ts";
import type { CheckResult } from "../ports/invariantReport.ts";

/** The answers that clients received. I10 compares them with the database. */
export interface Acknowledgements {
  readonly reservationIds: readonly number[];
  readonly paymentIds: readonly number[];
  /** Sum of acknowledged charges for each user. */
  readonly chargedByUser: ReadonlyMap<number, number>;
}

/** The facts that the checkers need besides the rows. */
export interface CheckContext {
  /** The database's clock, microseconds since the epoch. */
  readonly nowUs: number;
  /** `undefined` when the caller did not record the answers. */
  readonly acknowledged: Acknowledgements | undefined;
  /** The sale is over and all work is done: no message may be unpublished or unapplied. */
  readonly drained: boolean;
  /** The longest allowed time from the expiry of a hold to its end, milliseconds. */
  readonly holdBoundMs: number;
  /** How long finished records are kept, milliseconds. Older records may have been deleted. */
  readonly retentionMs: number;
}

/** A seat id with the seat, if it exists, and every link to it. */
export interface SeatFacts {
  readonly seatId: number;
  readonly seat: CheckedSeatRow | undefined;
  readonly links: readonly SeatLinkRow[];
}

/** The messages of an aggregate by version, and its publications in the order of their times. */
export interface MessageFacts {
  readonly messages: readonly MessageRow[];
  readonly publications: readonly PublicationVersionRow[];
}

/** A reservation id with the reservation, if it exists, and the rows that refer to it. */
export interface ReservationFacts extends MessageFacts {
  readonly reservationId: number;
  readonly reservation: CheckedReservationRow | undefined;
  readonly seats: readonly ReservationSeatRow[];
  /** A reservation has at most one payment, by a unique key of the schema. */
  readonly payment: CheckedPaymentRow | undefined;
}

/** A payment id with the payment, if it exists, and its messages. */
export interface PaymentFacts extends MessageFacts {
  readonly paymentId: number;
  readonly payment: CheckedPaymentRow | undefined;
}

/** A user id with the account, if it exists, and all records of the user. */
export interface AccountFacts extends MessageFacts {
  readonly userId: number;
  readonly account: AccountRow | undefined;
  /** The entries in the order of their versions. */
  readonly entries: readonly EntryRow[];
  readonly payments: readonly CheckedPaymentRow[];
  readonly reservations: readonly OwnedReservationRow[];
  readonly answers: readonly AnswerRow[];
}

/** An aggregate of a type that does not exist. */
export interface UnknownAggregateFacts extends MessageFacts {
  readonly aggregateType: string;
  readonly aggregateId: number;
}

/** A message id with the effects of the message at the notifier. */
export interface EffectFacts {
  readonly messageId: string;
  readonly notifications: readonly CheckedNotificationRow[];
  readonly inbox: CheckedInboxRow | undefined;
  /** Read only when `drained` is set. */
  readonly published: PublishedRow | undefined;
}

/** Maps the name of each method that a checker can have to the facts that the method takes. */
export interface FactsByTake {
  readonly takeSeat: SeatFacts;
  readonly takeReservation: ReservationFacts;
  readonly takePayment: PaymentFacts;
  readonly takeAccount: AccountFacts;
  readonly takeUnknownAggregate: UnknownAggregateFacts;
  readonly takeUnpublished: UnpublishedRow;
  readonly takeEffect: EffectFacts;
  /** The queue to which the following admissions belong. */
  readonly takeQueue: QueueLimitsRow;
  /** The admissions of the queue, in the order of admission. */
  readonly takeAdmission: CheckedAdmissionRow;
}

export type Take = keyof FactsByTake;

/** The methods of a checker. A checker has only the methods for the facts that it needs. */
export type Takers = { readonly [T in Take]?: (facts: FactsByTake[T]) => void };

/**
 * Checks one invariant. A checker receives facts one by one, keeps as little of them as possible,
 * and returns its violations at the end. Several checkers share one pass over the data.
 */
export interface Checker extends Takers {
  result(): CheckResult;
}
