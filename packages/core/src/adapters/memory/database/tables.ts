import { POINTS_MAX } from "../../../shared/points.ts";
import { textKey } from "./collation.ts";
import type {
  AdmissionRow,
  ConcertRow,
  FormerLimitsRow,
  IdBlockRow,
  IdempotencyRow,
  InboxRow,
  LeaseRow,
  NotificationRow,
  OutboxRow,
  PaymentRow,
  PerformanceRow,
  PointAccountRow,
  PointEntryRow,
  PublicationRow,
  QueueRow,
  ReservationRow,
  ReservationSeatRow,
  SeatAllowanceRow,
  SeatTableRow,
  UserRow,
} from "./rows.ts";
import { COLUMNS } from "./schemaColumns.ts";
import { Table } from "./table.ts";

/** All tables of the schema, with the constraints that the MySQL migrations give them. */
export type Tables = ReturnType<typeof createTables>;

const orNone = <T>(value: T | null): T | undefined => value ?? undefined;

/** In the order in which they were inserted. */
export const byId = (a: { readonly id: number }, b: { readonly id: number }): number => a.id - b.id;

/** A composite key. */
export function keyOf(...parts: readonly (string | number)[]): string {
  return parts.join("/");
}

export function createTables() {
  const catalog = catalogTables();
  const reservations = new Table<ReservationRow>({
    name: "reservations",
    columns: COLUMNS.reservations,
    key: (row) => row.id,
    indexes: { status: (row) => row.status, user: (row) => row.userId },
  });
  const reservationSeats = new Table<ReservationSeatRow>({
    name: "reservation_seats",
    columns: COLUMNS.reservationSeats,
    key: (row) => keyOf(row.reservationId, row.seatId),
    unique: {
      reservation_seats_one_live: (row) => (row.live === null ? undefined : row.seatId),
    },
    indexes: { reservation: (row) => row.reservationId },
    references: {
      reservation_seats_reservation_fk: (row) => reservations.get(row.reservationId),
    },
  });
  const payments = new Table<PaymentRow>({
    name: "payments",
    columns: COLUMNS.payments,
    key: (row) => row.id,
    unique: { payments_reservation: (row) => row.reservationId },
    references: {
      payments_reservation_fk: (row) => reservations.get(row.reservationId),
    },
  });
  return {
    ...catalog,
    reservations,
    reservationSeats,
    payments,
    seatAllowances: new Table<SeatAllowanceRow>({
      name: "seat_allowances",
      columns: COLUMNS.seatAllowances,
      key: (row) => keyOf(row.userId, row.performanceId),
    }),
    ...pointTables(),
    ...messageTables(),
    ...queueTables(),
    leases: new Table<LeaseRow>({
      name: "leases",
      columns: COLUMNS.leases,
      key: (row) => textKey(row.name),
    }),
    idBlocks: new Table<IdBlockRow>({
      name: "id_blocks",
      columns: COLUMNS.idBlocks,
      key: (row) => row.kind,
    }),
    idempotencyRecords: new Table<IdempotencyRow>({
      name: "idempotency_records",
      columns: COLUMNS.idempotencyRecords,
      key: (row) => keyOf(row.userId, row.operation, row.key),
    }),
  };
}

function catalogTables() {
  const users = new Table<UserRow>({
    name: "users",
    columns: COLUMNS.users,
    key: (row) => row.id,
  });
  const concerts = new Table<ConcertRow>({
    name: "concerts",
    columns: COLUMNS.concerts,
    key: (row) => row.id,
  });
  const performances = new Table<PerformanceRow>({
    name: "performances",
    columns: COLUMNS.performances,
    key: (row) => row.id,
    indexes: { concert: (row) => row.concertId },
    references: { performances_concert_fk: (row) => concerts.get(row.concertId) },
  });
  const seats = new Table<SeatTableRow>({
    name: "seats",
    columns: COLUMNS.seats,
    key: (row) => row.id,
    unique: { seats_number: (row) => keyOf(row.performanceId, textKey(row.seatNo)) },
    indexes: {
      performance: (row) => row.performanceId,
      forSale: (row) => keyOf(row.performanceId, row.status),
    },
    checks: { seats_price_positive: (row) => row.price > 0 },
    references: {
      seats_performance_fk: (row) => performances.get(row.performanceId),
    },
  });
  return { users, concerts, performances, seats };
}

function pointTables() {
  const pointAccounts = new Table<PointAccountRow>({
    name: "point_accounts",
    columns: COLUMNS.pointAccounts,
    key: (row) => row.userId,
    checks: { point_accounts_balance: ({ balance }) => balance >= 0 && balance <= POINTS_MAX },
  });
  const pointEntries = new Table<PointEntryRow>({
    name: "point_entries",
    columns: COLUMNS.pointEntries,
    key: (row) => row.id,
    unique: {
      point_entries_key: (row) => textKey(row.entryKey),
      point_entries_version: (row) => keyOf(row.userId, row.accountVersion),
    },
    indexes: { user: (row) => row.userId, reservation: (row) => orNone(row.reservationId) },
    checks: { point_entries_amount: (row) => row.amount > 0 },
    references: { point_entries_account_fk: (row) => pointAccounts.get(row.userId) },
  });
  return { pointAccounts, pointEntries };
}

function messageTables() {
  const outboxMessages = new Table<OutboxRow>({
    name: "outbox_messages",
    columns: COLUMNS.outboxMessages,
    key: (row) => row.id,
    unique: {
      outbox_messages_message: (row) => row.messageId,
      outbox_messages_version: (row) =>
        keyOf(row.aggregateType, row.aggregateId, row.aggregateVersion),
    },
    indexes: { bucket: (row) => keyOf(row.bucket, row.status), status: (row) => row.status },
  });
  const outboxPublications = new Table<PublicationRow>({
    name: "outbox_publications",
    columns: COLUMNS.outboxPublications,
    key: (row) => row.id,
  });
  const inboxMessages = new Table<InboxRow>({
    name: "inbox_messages",
    columns: COLUMNS.inboxMessages,
    key: (row) => keyOf(row.consumer, row.messageId),
    indexes: { consumer: (row) => row.consumer },
  });
  const notifications = new Table<NotificationRow>({
    name: "notifications",
    columns: COLUMNS.notifications,
    key: (row) => row.id,
    indexes: { status: (row) => row.status },
  });
  return { outboxMessages, outboxPublications, inboxMessages, notifications };
}

function queueTables() {
  return {
    queues: new Table<QueueRow>({ name: "queues", columns: COLUMNS.queues, key: (row) => row.id }),
    queueFormerLimits: new Table<FormerLimitsRow>({
      name: "queue_former_limits",
      columns: COLUMNS.queueFormerLimits,
      key: (row) => row.id,
      indexes: { queue: (row) => row.queueId },
    }),
    queueAdmissions: new Table<AdmissionRow>({
      name: "queue_admissions",
      columns: COLUMNS.queueAdmissions,
      key: (row) => row.id,
      unique: { queue_admissions_place: (row) => keyOf(row.queueId, row.sequence) },
      indexes: { queue: (row) => row.queueId },
    }),
  };
}
