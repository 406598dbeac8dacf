import type { Acknowledgements } from "@onsale/core";
import type {
  AdmissionRow,
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

/** The tables that the checkers read, each with its kind of row. */
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
  "queues",
  "queueFormerLimits",
  "queueAdmissions",
];

/** The rows of all tables; times are microseconds since the epoch. */
export type HistoryRows = {
  readonly [Table in HistoryTable]: readonly HistoryRow[Table][];
};

/** A sale: its rows in the database, and the answers that its clients received. */
export interface History {
  /** The end of the history. */
  readonly nowUs: number;
  readonly rows: HistoryRows;
  /** `undefined` when the answers were not recorded. */
  readonly acknowledged: Acknowledgements | undefined;
}
