import type { AggregateType } from "../../../events/eventCatalog.ts";
import type { AuditOutcome, JobStatus } from "../../../ports/operationStore.ts";
import type { MessageStatus } from "../../../ports/outboxStore.ts";
import type { PaymentStatus } from "../../../ports/paymentStore.ts";
import type { AdmissionEnd, QueueMode } from "../../../ports/queueStore.ts";
import type { ReservationStatus } from "../../../ports/reservationStore.ts";
import type { SeatStatus } from "../../../ports/seatStore.ts";
import type { LedgerEntryKind } from "../../../shared/entryKinds.ts";

/*
 * The rows of each table. A row has the columns of the migrations, with names in camel case; the
 * name of a DATETIME column ends in "Us". A row is immutable: a write creates a new row. Times are
 * whole microseconds since the epoch. `null` is SQL's NULL.
 */

/** A value that a column can store. */
export type StoredValue = string | number | null;
/** A row of any table. */
export type Row = Readonly<Record<string, StoredValue>>;

export type UserRow = {
  readonly id: number;
  readonly name: string;
  readonly createdAtUs: number;
};

export type ConcertRow = {
  readonly id: number;
  readonly title: string;
  readonly singer: string;
  readonly queueId: string;
  readonly createdAtUs: number;
};

export type PerformanceRow = {
  readonly id: number;
  readonly concertId: number;
  readonly startsAtUs: number;
  readonly venue: string;
  readonly createdAtUs: number;
};

export type SeatTableRow = {
  readonly id: number;
  readonly performanceId: number;
  readonly seatNo: string;
  readonly section: string;
  readonly price: number;
  readonly status: SeatStatus;
  readonly reservationId: number | null;
  readonly holdExpiresAtUs: number | null;
  readonly version: number;
};

export type ReservationRow = {
  readonly id: number;
  readonly userId: number;
  readonly performanceId: number;
  readonly status: ReservationStatus;
  readonly amount: number;
  readonly expiresAtUs: number;
  readonly version: number;
  readonly createdAtUs: number;
  readonly updatedAtUs: number;
};

export type ReservationSeatRow = {
  readonly reservationId: number;
  readonly seatId: number;
  readonly price: number;
  readonly seatVersion: number;
  /** 1 or NULL. The unique key allows one live link to a seat and any number of past links. */
  readonly live: 1 | null;
};

export type SeatAllowanceRow = {
  readonly userId: number;
  readonly performanceId: number;
  readonly holds: number;
};

export type PointAccountRow = {
  readonly userId: number;
  readonly balance: number;
  readonly version: number;
  readonly updatedAtUs: number;
};

export type PointEntryRow = {
  readonly id: number;
  readonly userId: number;
  readonly kind: LedgerEntryKind;
  readonly amount: number;
  readonly balanceAfter: number;
  readonly accountVersion: number;
  readonly entryKey: string;
  readonly reservationId: number | null;
  /** The audit record of an operator's adjustment. */
  readonly adjustAudit: number | null;
  readonly createdAtUs: number;
};

export type PaymentRow = {
  readonly id: number;
  readonly reservationId: number;
  readonly userId: number;
  readonly amount: number;
  readonly status: PaymentStatus;
  readonly version: number;
  readonly capturedAtUs: number;
  readonly refundedAtUs: number | null;
};

export type IdempotencyRow = {
  readonly userId: number;
  readonly operation: string;
  readonly idempotencyKey: string;
  readonly fingerprint: string;
  /** JSON; NULL until the transaction stores its answer. */
  readonly answer: string | null;
  readonly createdAtUs: number;
};

export type OutboxRow = {
  readonly id: number;
  readonly messageId: string;
  readonly aggregateType: AggregateType;
  readonly aggregateId: number;
  readonly aggregateVersion: number;
  readonly type: string;
  /** JSON. */
  readonly payload: string;
  readonly bucket: number;
  readonly status: MessageStatus;
  readonly attempts: number;
  readonly nextAttemptAtUs: number;
  readonly createdAtUs: number;
  readonly publishedAtUs: number | null;
  readonly lastError: string | null;
  /** The job that made the published message PENDING again. */
  readonly replayJob: string | null;
  readonly replayedAtUs: number | null;
  /** The audit record of the discard. */
  readonly discardAudit: number | null;
};

export type PublicationRow = {
  readonly id: number;
  readonly messageId: string;
  readonly aggregateType: AggregateType;
  readonly aggregateId: number;
  readonly aggregateVersion: number;
  readonly owner: string;
  readonly publishedAtUs: number;
  /** The job of the replay; null for the publication of a message that was never replayed. */
  readonly replayJob: string | null;
};

export type InboxRow = {
  readonly consumer: string;
  readonly messageId: string;
  readonly appliedAtUs: number;
};

export type NotificationRow = {
  readonly id: number;
  readonly messageId: string;
  /** JSON. */
  readonly body: string;
  readonly status: "OWED" | "DELIVERED" | "DEAD";
  readonly attempts: number;
  readonly nextAttemptAtUs: number;
  readonly createdAtUs: number;
  readonly deliveredAtUs: number | null;
  readonly lastError: string | null;
};

export type LeaseRow = {
  readonly name: string;
  readonly owner: string;
  readonly epoch: number;
  readonly expiresAtUs: number;
};

export type IdBlockRow = {
  readonly kind: string;
  readonly nextId: number;
};

export type QueueRow = {
  readonly id: string;
  readonly epoch: number;
  readonly generation: number;
  readonly activeCountMax: number;
  readonly admissionRatePerMinute: number;
  readonly activeTtlMs: number;
  readonly claimMs: number;
  readonly mode: QueueMode;
};

export type FormerLimitsRow = {
  readonly id: number;
  readonly queueId: string;
  readonly activeCountMax: number;
  readonly admissionRatePerMinute: number;
  readonly endedAtUs: number;
};

/** An admission. Redis's clock gives the times. */
export type AdmissionRow = {
  readonly id: number;
  readonly queueId: string;
  readonly userId: number;
  readonly sequence: number;
  readonly admittedAtUs: number;
  readonly enteredAtUs: number;
  readonly expiresAtMs: number;
  readonly endedAtUs: number | null;
  readonly endReason: AdmissionEnd | null;
};

export type JobRow = {
  readonly id: string;
  readonly operation: string;
  readonly input: string;
  readonly inputHash: string;
  readonly plan: string;
  readonly planHash: string;
  readonly undoes: number | null;
  readonly status: JobStatus;
  readonly checkpoint: string | null;
  readonly changed: number;
  readonly plannedAtUs: number;
  readonly validUntilUs: number;
  readonly outcome: string | null;
  readonly stopRequestedBy: string | null;
};

export type AuditRow = {
  readonly id: number;
  readonly jobId: string;
  readonly operation: string;
  readonly operator: string;
  readonly host: string;
  readonly command: string;
  readonly reason: string | null;
  readonly planHash: string;
  readonly undoes: number | null;
  readonly outcome: AuditOutcome;
  readonly changed: number;
  readonly openedAtUs: number;
  readonly closedAtUs: number | null;
  readonly stateBefore: string;
  readonly stateAfter: string | null;
};

export type InvariantCheckRow = {
  readonly name: string;
  /** JSON. */
  readonly report: string;
  readonly takenAtUs: number;
};

export type WorkerRow = {
  readonly id: string;
  readonly processName: string;
  readonly loops: string;
  readonly startedAtUs: number;
  readonly seenAtUs: number;
};
