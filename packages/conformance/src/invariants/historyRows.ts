import type { Acknowledgements } from "@onsale/core";
import type {
  AdmissionRow,
  AuditRow,
  FormerLimitsRow,
  IdempotencyRow,
  InboxRow,
  NotificationRow,
  OutboxRow,
  PaymentRow,
  PointAccountRow,
  PointEntryRow,
  PublicationRow,
  QueueRow,
  ReservationRow,
  ReservationSeatRow,
  SeatTableRow,
} from "@onsale/core/testing";

/** Maps the name of each table that the checkers read to the type of a row of this table. */
export interface HistoryRow {
  seats: SeatTableRow;
  reservations: ReservationRow;
  reservationSeats: ReservationSeatRow;
  pointAccounts: PointAccountRow;
  pointEntries: PointEntryRow;
  payments: PaymentRow;
  idempotencyRecords: IdempotencyRow;
  outboxMessages: OutboxRow;
  outboxPublications: PublicationRow;
  inboxMessages: InboxRow;
  notifications: NotificationRow;
  opsAudit: AuditRow;
  queues: QueueRow;
  queueFormerLimits: FormerLimitsRow;
  queueAdmissions: AdmissionRow;
}

export type HistoryTable = keyof HistoryRow;

export const HISTORY_TABLES: readonly HistoryTable[] = [
  "seats",
  "reservations",
  "reservationSeats",
  "pointAccounts",
  "pointEntries",
  "payments",
  "idempotencyRecords",
  "outboxMessages",
  "outboxPublications",
  "inboxMessages",
  "notifications",
  "opsAudit",
  "queues",
  "queueFormerLimits",
  "queueAdmissions",
];

/** The rows of all tables. Times are microseconds since the epoch. */
export type HistoryRows = {
  readonly [Table in HistoryTable]: readonly HistoryRow[Table][];
};

/** A sale: its rows in the database, and the answers that its clients received. */
export interface History {
  /** The time at which the history ends. */
  readonly nowUs: number;
  readonly rows: HistoryRows;
  /** The answers that clients received; `undefined` when they were not recorded. */
  readonly acknowledged: Acknowledgements | undefined;
}
