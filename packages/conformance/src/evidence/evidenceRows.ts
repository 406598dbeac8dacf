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

/** The tables that the evidence looks at, each with its kind of row. */
export interface EvidenceRow {
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

export type EvidenceTable = keyof EvidenceRow;

export const EVIDENCE_TABLES: readonly EvidenceTable[] = [
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

/** All that the tables hold; times are microseconds since the epoch. */
export type EvidenceRows = {
  readonly [Table in EvidenceTable]: readonly EvidenceRow[Table][];
};

/** What happened: what the database holds of it, and what clients were told. */
export interface History {
  /** The moment at which it ends. */
  readonly nowUs: number;
  readonly rows: EvidenceRows;
  /** `undefined` when nobody kept count. */
  readonly told: Acknowledgements | undefined;
}
