import type { LedgerEntryKind } from "./ledgerStore.ts";
import type { PaymentStatus } from "./paymentStore.ts";
import type { ReservationStatus } from "./reservationStore.ts";
import type { SeatStatus } from "./seatStore.ts";

/*
 * The rows that the checkers of the invariants read. Every name that ends in Us is a time in
 * microseconds since the epoch. Rows are given in pages; see `InvariantSnapshot`.
 */

/** A seat with what it says about the reservation that it names. */
export interface CheckedSeatRow {
  readonly id: number;
  readonly performanceId: number;
  readonly status: SeatStatus;
  readonly reservationId: number | null;
  readonly holdExpiresAtUs: number | null;
  /** Of the named reservation; null when there is none. */
  readonly reservationStatus: ReservationStatus | null;
  readonly reservationExpiresAtUs: number | null;
}

/** A reservation's link to one of its seats, with the reservation. */
export type SeatLinkRow = LinkOfReservation | LinkOfNothing;

interface LinkKey {
  readonly seatId: number;
  readonly reservationId: number;
  /** 1 while the reservation has a current right to the seat. */
  readonly live: 1 | null;
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

/** The same link, as it is found by its reservation. */
export interface ReservationSeatRow {
  readonly reservationId: number;
  readonly price: number;
}

export interface CheckedReservationRow {
  readonly id: number;
  readonly userId: number;
  readonly status: ReservationStatus;
  readonly amount: number;
  readonly version: number;
  readonly createdAtUs: number;
  readonly updatedAtUs: number;
  readonly expiresAtUs: number;
}

/** A payment, as it is found by its id, by its reservation or by its user. */
export interface CheckedPaymentRow {
  readonly id: number;
  readonly reservationId: number;
  readonly userId: number;
  readonly amount: number;
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
  readonly createdAtUs: number;
}

/** A reservation with its buyer. */
export interface OwnedReservationRow {
  readonly id: number;
  readonly userId: number;
}

/** The answer that is stored under a client's idempotency key. */
export interface AnswerRow {
  readonly userId: number;
  readonly operation: string;
  readonly key: string;
  /** JSON; null when the key was used without an answer. */
  readonly answer: string | null;
}

/** The version of an aggregate to which an outbox message, or its publication, belongs. */
export interface VersionRow {
  readonly aggregateId: number;
  readonly aggregateVersion: number;
}

/** A message that was not published, with the published versions of its aggregate. */
export interface UnpublishedRow extends VersionRow {
  readonly messageId: string;
  readonly aggregateType: string;
  readonly status: string;
  readonly attempts: number;
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

/** How many may be active, and be admitted within a minute. */
export interface AdmissionLimits {
  readonly activeCountMax: number;
  readonly admissionRatePerMinute: number;
}

/** A queue with the limits in force, and those it had before each change, oldest first. */
export interface QueueLimitsRow extends AdmissionLimits {
  readonly id: string;
  readonly formerLimits: readonly (AdmissionLimits & { readonly endedAtUs: number })[];
}

/** Times by the queue's clock. */
export interface CheckedAdmissionRow {
  readonly queueId: string;
  readonly userId: number;
  readonly sequence: number;
  readonly admittedAtUs: number;
  readonly enteredAtUs: number;
  readonly expiresAtMs: number;
  readonly endedAtUs: number | null;
}

/** Rows in pages; no key is split between two pages, so a page holds all rows of its keys. */
export type Pages<Row> = AsyncIterable<readonly Row[]>;

/**
 * The database at one moment. Each method gives the rows of one table in ascending order of the
 * key that the method's name or comment says, and of what follows it in the comment. Memory stays
 * bounded by the size of a page and of the largest group of rows with one key.
 */
export interface InvariantSnapshot {
  /** The database's clock. */
  readonly nowUs: number;
  /** By id. */
  seats(): Pages<CheckedSeatRow>;
  /** By seatId. */
  seatLinks(): Pages<SeatLinkRow>;
  /** By id. */
  reservations(): Pages<CheckedReservationRow>;
  /** By reservationId. */
  reservationSeats(): Pages<ReservationSeatRow>;
  /** By the named column, then by id. */
  payments(by: "id" | "reservationId" | "userId"): Pages<CheckedPaymentRow>;
  /** By userId. */
  accounts(): Pages<AccountRow>;
  /** By userId, then accountVersion. */
  entries(): Pages<EntryRow>;
  /** By userId. */
  ownedReservations(): Pages<OwnedReservationRow>;
  /** By userId. */
  answers(): Pages<AnswerRow>;
  /** Every type of aggregate that has a message or a publication. */
  aggregateTypes(): Promise<readonly string[]>;
  /** By aggregateId, then aggregateVersion. */
  messages(aggregateType: string): Pages<VersionRow>;
  /** By aggregateId, then in the order in which the messages were published. */
  publications(aggregateType: string): Pages<VersionRow>;
  /** In no particular order; each message once. */
  unpublishedMessages(): Pages<UnpublishedRow>;
  /** By messageId; the published messages of these types. */
  publishedMessages(aggregateTypes: readonly string[]): Pages<PublishedRow>;
  /** By messageId. */
  inbox(consumer: string): Pages<CheckedInboxRow>;
  /** By messageId. */
  notifications(): Pages<CheckedNotificationRow>;
  /** By id. */
  queues(): Promise<readonly QueueLimitsRow[]>;
  /** By admittedAtUs, then sequence. */
  admissions(queueId: string): Pages<CheckedAdmissionRow>;
}

/** The access of the invariant checkers to the database. It never writes. */
export interface InvariantReader {
  /**
   * Takes a snapshot, hands it to `check` and lets it go afterwards. Writers are not held up.
   * @throws DependencyUnavailableError when the database does not answer
   */
  read<T>(check: (snapshot: InvariantSnapshot) => Promise<T>): Promise<T>;
}
