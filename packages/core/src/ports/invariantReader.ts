import type { LedgerEntryKind } from "../shared/entryKinds.ts";
import type { PaymentStatus } from "./paymentStore.ts";
import type { ReservationStatus } from "./reservationStore.ts";
import type { SeatStatus } from "./seatStore.ts";

/*
 * The rows that the checkers of the invariants read. A name that ends in Us is a time in
 * microseconds since the epoch. Rows are read in pages; see `InvariantSnapshot`.
 */

/** A seat, with the status of the reservation that the seat's `reservation_id` names. */
export interface CheckedSeatRow {
  readonly id: number;
  readonly performanceId: number;
  readonly status: SeatStatus;
  readonly reservationId: number | null;
  readonly holdExpiresAtUs: number | null;
  readonly version: number;
  /** Status of that reservation; null when it does not exist. */
  readonly reservationStatus: ReservationStatus | null;
  readonly reservationExpiresAtUs: number | null;
}

/** A row of `reservation_seats`, with its reservation. */
export type SeatLinkRow = LinkOfReservation | LinkOfNothing;

interface LinkKey {
  readonly seatId: number;
  readonly reservationId: number;
  /**
   * 1 while the reservation has a current right to the seat, else NULL. The unique key allows one
   * live link to a seat, and any number of past links.
   */
  readonly live: number | null;
  /** Version of the seat after the hold. */
  readonly seatVersion: number;
  /** When the reservation gave back this seat alone; null when it did not. */
  readonly releasedAtUs: number | null;
}

/** A link whose reservation exists. */
export interface LinkOfReservation extends LinkKey {
  readonly status: ReservationStatus;
  readonly performanceId: number;
  readonly createdAtUs: number;
  readonly updatedAtUs: number;
  readonly expiresAtUs: number;
}

/** A link whose reservation does not exist. */
export interface LinkOfNothing extends LinkKey {
  readonly status: null;
}

/** A row of `reservation_seats`, read in the order of the reservations. */
export interface ReservationSeatRow {
  readonly reservationId: number;
  readonly seatId: number;
  readonly price: number;
  /** The version of the reservation that gave back this seat alone; null when it did not. */
  readonly releasedVersion: number | null;
}

export interface CheckedReservationRow {
  readonly id: number;
  readonly userId: number;
  readonly performanceId: number;
  readonly status: ReservationStatus;
  readonly amount: number;
  readonly version: number;
  readonly createdAtUs: number;
  readonly updatedAtUs: number;
  readonly expiresAtUs: number;
}

/** A payment, read in the order of its id, its reservation or its user. */
export interface CheckedPaymentRow {
  readonly id: number;
  readonly reservationId: number;
  readonly userId: number;
  readonly amount: number;
  readonly partlyRefunded: number;
  readonly status: PaymentStatus;
  readonly version: number;
  readonly capturedAtUs: number;
  readonly refundedAtUs: number | null;
}

export interface AccountRow {
  readonly userId: number;
  readonly balance: number;
  readonly version: number;
}

export interface EntryRow {
  readonly id: number;
  readonly userId: number;
  readonly kind: LedgerEntryKind;
  readonly amount: number;
  readonly balanceAfter: number;
  readonly accountVersion: number;
  readonly reservationId: number | null;
  /** The audit record of the operator's adjustment; null when no such record exists. */
  readonly adjustAudit: number | null;
  readonly createdAtUs: number;
}

/** A reservation with its user. */
export interface OwnedReservationRow {
  readonly id: number;
  readonly userId: number;
}

/** The answer that is stored under a client's idempotency key. */
export interface AnswerRow {
  readonly userId: number;
  readonly operation: string;
  readonly key: string;
  /** JSON; null when the key was used but no answer was stored. */
  readonly answer: string | null;
}

/** The aggregate version of an outbox message, or of the publication of the message. */
export interface VersionRow {
  readonly aggregateId: number;
  readonly aggregateVersion: number;
}

/** An outbox message. Its type and its payload describe the transition. */
export interface MessageRow extends VersionRow {
  readonly type: string;
  /** JSON. */
  readonly payload: string;
}

/** The publication of a message. */
export interface PublicationVersionRow extends VersionRow {
  /** The job of the replay; null for the publication of a message that was never replayed. */
  readonly replayJob: string | null;
}

/**
 * A message that is PENDING, DEAD or DISCARDED, with the versions of its aggregate that were
 * published in the same replay, or without a replay.
 */
export interface UnpublishedRow extends PublicationVersionRow {
  readonly messageId: string;
  readonly aggregateType: string;
  readonly status: string;
  readonly attempts: number;
  /** The audit record of the discard; null when no such record exists. */
  readonly discardAudit: number | null;
  readonly publishedVersions: readonly number[];
}

export interface PublishedRow extends VersionRow {
  readonly messageId: string;
  readonly aggregateType: string;
  readonly publishedAtUs: number | null;
}

export interface CheckedInboxRow {
  readonly messageId: string;
  readonly appliedAtUs: number;
}

export interface CheckedNotificationRow {
  readonly id: number;
  readonly messageId: string;
  readonly createdAtUs: number;
}

/**
 * The limits of a queue: how many buyers may be active at the same time, and how many may be
 * admitted within a minute.
 */
export interface AdmissionLimits {
  readonly activeCountMax: number;
  readonly admissionRatePerMinute: number;
}

/** A queue with its current limits and its former limits, oldest first. */
export interface QueueLimitsRow extends AdmissionLimits {
  readonly id: string;
  readonly formerLimits: readonly (AdmissionLimits & { readonly endedAtUs: number })[];
}

/** An admission. Redis's clock gives all times. */
export interface CheckedAdmissionRow {
  readonly queueId: string;
  readonly userId: number;
  readonly sequence: number;
  readonly admittedAtUs: number;
  readonly enteredAtUs: number;
  readonly expiresAtMs: number;
  readonly endedAtUs: number | null;
}

/** Rows in pages. All rows with one key are in the same page. */
export type Pages<Row> = AsyncIterable<readonly Row[]>;

/**
 * The database at one moment. Each method returns the rows of one table, in ascending order of the
 * columns that the method's comment names. The first of these columns is the key of the pages. A
 * page, and all rows of one key, must fit into memory.
 */
export interface InvariantSnapshot {
  /** Time of the snapshot, by the database's clock. */
  readonly nowUs: number;
  /** Ordered by id. */
  seats(): Pages<CheckedSeatRow>;
  /** Ordered by seatId. */
  seatLinks(): Pages<SeatLinkRow>;
  /** Ordered by id. */
  reservations(): Pages<CheckedReservationRow>;
  /** Ordered by reservationId. */
  reservationSeats(): Pages<ReservationSeatRow>;
  /** Ordered by the given column, then by id. */
  payments(by: "id" | "reservationId" | "userId"): Pages<CheckedPaymentRow>;
  /** Ordered by userId. */
  accounts(): Pages<AccountRow>;
  /** Ordered by userId, then accountVersion. */
  entries(): Pages<EntryRow>;
  /** Ordered by userId. */
  ownedReservations(): Pages<OwnedReservationRow>;
  /** Ordered by userId. */
  answers(): Pages<AnswerRow>;
  /** Returns every aggregate type that has a message or a publication. */
  aggregateTypes(): Promise<readonly string[]>;
  /** Ordered by aggregateId, then aggregateVersion. */
  messages(aggregateType: string): Pages<MessageRow>;
  /** Ordered by aggregateId, then by the order of publication. */
  publications(aggregateType: string): Pages<PublicationVersionRow>;
  /** The messages that are not PUBLISHED in no particular order, each of them once. */
  unpublishedMessages(): Pages<UnpublishedRow>;
  /** The published messages of these types, ordered by messageId. */
  publishedMessages(aggregateTypes: readonly string[]): Pages<PublishedRow>;
  /** Ordered by messageId. */
  inbox(consumer: string): Pages<CheckedInboxRow>;
  /** Ordered by messageId. */
  notifications(): Pages<CheckedNotificationRow>;
  /** Ordered by id. */
  queues(): Promise<readonly QueueLimitsRow[]>;
  /** Ordered by admittedAtUs, then sequence. */
  admissions(queueId: string): Pages<CheckedAdmissionRow>;
}

/** Gives the checkers of the invariants read-only access to the database. */
export interface InvariantReader {
  /**
   * Takes a snapshot, passes it to `check` and releases it afterwards. The snapshot does not block
   * writers.
   * @param options.share the share of the time that the check may use, more than 0; default 1
   * @throws DependencyUnavailableError when the database does not answer
   */
  read<T>(
    check: (snapshot: InvariantSnapshot) => Promise<T>,
    options?: { readonly share?: number },
  ): Promise<T>;
  /**
   * Counts the seats and the outbox messages: the time of a check grows with their number. Stops
   * counting soon after `max`.
   * @throws DependencyUnavailableError when the database does not answer
   */
  size(max: number): Promise<number>;
}
