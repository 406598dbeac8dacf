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
  OwnedReservationRow,
  PublishedRow,
  QueueLimitsRow,
  ReservationSeatRow,
  SeatLinkRow,
  UnpublishedRow,
  VersionRow,
} from "../ports/invariantReader.ts";
import type { CheckResult } from "./violations.ts";

/** What clients were told; compared with what the database says (I10). */
export interface Acknowledgements {
  readonly reservationIds: readonly number[];
  readonly paymentIds: readonly number[];
  /** Sum of acknowledged charges for each user. */
  readonly chargedByUser: ReadonlyMap<number, number>;
}

/** What the checkers need to know besides the data. */
export interface CheckContext {
  /** The database's clock, microseconds since the epoch. */
  readonly nowUs: number;
  /** `undefined` when nobody kept count. */
  readonly acknowledged: Acknowledgements | undefined;
  /** The sale is over and idle: no message may be unpublished or unapplied any more. */
  readonly drained: boolean;
  /** How long after its end a hold may still be there, milliseconds. */
  readonly holdBoundMs: number;
  /** How long finished records are kept, milliseconds; older ones may have been deleted. */
  readonly retentionMs: number;
}

/** A seat id with the seat, if it exists, and every link to it. */
export interface SeatFacts {
  readonly seatId: number;
  readonly seat: CheckedSeatRow | undefined;
  readonly links: readonly SeatLinkRow[];
}

/** The messages of an aggregate by version, and its publications in the order they were made. */
export interface MessageFacts {
  readonly messages: readonly VersionRow[];
  readonly publications: readonly VersionRow[];
}

/** A reservation id with the reservation, if it exists, and what refers to it. */
export interface ReservationFacts extends MessageFacts {
  readonly reservationId: number;
  readonly reservation: CheckedReservationRow | undefined;
  readonly seats: readonly ReservationSeatRow[];
  /** At most one, by a unique key of the schema. */
  readonly payment: CheckedPaymentRow | undefined;
}

/** A payment id with the payment, if it exists, and its messages. */
export interface PaymentFacts extends MessageFacts {
  readonly paymentId: number;
  readonly payment: CheckedPaymentRow | undefined;
}

/** A user id with the account, if it exists, and everything that the user did. */
export interface AccountFacts extends MessageFacts {
  readonly userId: number;
  readonly account: AccountRow | undefined;
  /** In the order of their versions. */
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
  /** Read only when `drained`. */
  readonly published: PublishedRow | undefined;
}

/**
 * Judges one invariant. It is a fold: it takes facts one by one, remembers little, and says in the
 * end what it found. Several checkers share one walk over the data.
 */
export interface Checker {
  takeSeat?(facts: SeatFacts): void;
  takeReservation?(facts: ReservationFacts): void;
  takePayment?(facts: PaymentFacts): void;
  takeAccount?(facts: AccountFacts): void;
  takeUnknownAggregate?(facts: UnknownAggregateFacts): void;
  takeUnpublished?(message: UnpublishedRow): void;
  takeEffect?(facts: EffectFacts): void;
  /** The queue that the admissions which follow belong to. */
  takeQueue?(queue: QueueLimitsRow): void;
  /** In the order of admission. */
  takeAdmission?(admission: CheckedAdmissionRow): void;
  result(): CheckResult;
}
