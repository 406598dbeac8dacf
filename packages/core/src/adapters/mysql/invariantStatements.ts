import { DISCARD_OPERATION } from "../../outbox/messageStates.ts";
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
  LinkOfReservation,
  MessageRow,
  OwnedReservationRow,
  PublicationVersionRow,
  PublishedRow,
  ReservationSeatRow,
  VersionRow,
} from "../../ports/invariantReader.ts";
import { ADJUST_OPERATION } from "../../shared/entryKinds.ts";

/*
 * The statements of the invariant reader. Each statement reads one page of a table in the order of
 * an index, after the key `:after`. FORCE INDEX is needed: the range is most of the table, so the
 * optimizer would sort the whole table for each page. For the same reason, no statement orders by a
 * column that is not in the index.
 */

/** A table that is read in pages of rows, in the order of a key. */
export interface PagedTable<Row, Key> {
  readonly sql: string;
  readonly keyOf: (row: Row) => Key;
}

/** The SQL expression of each field of a row. */
type ColumnsOf<Row> = { readonly [Field in keyof Row]-?: string };

function paged<Row extends object, Key extends keyof Row>(
  key: Key,
  columns: ColumnsOf<Row>,
  rest: { readonly from: string; readonly where?: string; readonly thenBy?: string },
): PagedTable<Row, Row[Key]> {
  const { from, where = "TRUE", thenBy } = rest;
  const fields = Object.entries(columns).map(([field, column]) => `${column} AS \`${field}\``);
  const order = [columns[key], ...(thenBy === undefined ? [] : [thenBy])];
  const sql = /* sql */ `
    SELECT ${fields.join(", ")} FROM ${from}
    WHERE ${where} AND ${columns[key]} > :after ORDER BY ${order.join(", ")} LIMIT :limit`;
  return { sql, keyOf: (row) => row[key] };
}

/**
 * Returns the SQL expression for a column's time in microseconds since the epoch, without rounding.
 * UNIX_TIMESTAMP is not used, because its result depends on the time zone of the session. The epoch
 * is a typed literal, because the server would parse a string again for every row.
 */
const us = (column: string): string =>
  `TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', ${column})`;

export const NOW = `SELECT ${us("UTC_TIMESTAMP(6)")} AS nowUs`;

/**
 * Counts at most `:limit` rows of each table, so that the count is fast for a table of any size.
 */
export const SIZE = /* sql */ `
  SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM seats LIMIT :limit) s)
    + (SELECT COUNT(*) FROM (SELECT 1 FROM outbox_messages LIMIT :limit) m) AS size`;

export const SEATS = paged<CheckedSeatRow, "id">(
  "id",
  {
    id: "s.id",
    performanceId: "s.performance_id",
    status: "s.status",
    reservationId: "s.reservation_id",
    holdExpiresAtUs: us("s.hold_expires_at"),
    version: "s.version",
    reservationStatus: "r.status",
    reservationExpiresAtUs: us("r.expires_at"),
  },
  { from: "seats s FORCE INDEX (PRIMARY) LEFT JOIN reservations r ON r.id = s.reservation_id" },
);

/** The columns of the reservation are NULL when it does not exist. */
export const SEAT_LINKS = paged<LinkOfReservation, "seatId">(
  "seatId",
  {
    seatId: "rs.seat_id",
    reservationId: "rs.reservation_id",
    live: "rs.live",
    seatVersion: "rs.seat_version",
    releasedAtUs: us("rs.released_at"),
    status: "r.status",
    performanceId: "r.performance_id",
    createdAtUs: us("r.created_at"),
    updatedAtUs: us("r.updated_at"),
    expiresAtUs: us("r.expires_at"),
  },
  {
    from: /* sql */ `reservation_seats rs FORCE INDEX (reservation_seats_one_live)
      LEFT JOIN reservations r ON r.id = rs.reservation_id`,
  },
);

export const RESERVATIONS = paged<CheckedReservationRow, "id">(
  "id",
  {
    id: "id",
    userId: "user_id",
    performanceId: "performance_id",
    status: "status",
    amount: "amount",
    version: "version",
    createdAtUs: us("created_at"),
    updatedAtUs: us("updated_at"),
    expiresAtUs: us("expires_at"),
  },
  { from: "reservations FORCE INDEX (PRIMARY)" },
);

export const RESERVATION_SEATS = paged<ReservationSeatRow, "reservationId">(
  "reservationId",
  {
    reservationId: "reservation_id",
    seatId: "seat_id",
    price: "price",
    releasedVersion: "released_version",
  },
  { from: "reservation_seats FORCE INDEX (PRIMARY)" },
);

const PAYMENT_COLUMNS: ColumnsOf<CheckedPaymentRow> = {
  id: "id",
  reservationId: "reservation_id",
  userId: "user_id",
  amount: "amount",
  partlyRefunded: "partly_refunded",
  status: "status",
  version: "version",
  capturedAtUs: us("captured_at"),
  refundedAtUs: us("refunded_at"),
};

export const PAYMENTS = {
  id: paged("id", PAYMENT_COLUMNS, { from: "payments FORCE INDEX (PRIMARY)" }),
  reservationId: paged("reservationId", PAYMENT_COLUMNS, {
    from: "payments FORCE INDEX (payments_reservation)",
  }),
  userId: paged("userId", PAYMENT_COLUMNS, {
    from: "payments FORCE INDEX (payments_user)",
    thenBy: "id",
  }),
} as const;

export const ACCOUNTS = paged<AccountRow, "userId">(
  "userId",
  { userId: "user_id", balance: "balance", version: "version" },
  { from: "point_accounts" },
);

export const ENTRIES = paged<EntryRow, "userId">(
  "userId",
  {
    id: "e.id",
    userId: "e.user_id",
    kind: "e.kind",
    amount: "e.amount",
    balanceAfter: "e.balance_after",
    accountVersion: "e.account_version",
    reservationId: "e.reservation_id",
    adjustAudit: "a.id",
    createdAtUs: us("e.created_at"),
  },
  {
    from: /* sql */ `point_entries e FORCE INDEX (point_entries_version)
      LEFT JOIN ops_audit a ON a.id = e.adjust_audit AND a.operation = '${ADJUST_OPERATION}'`,
    thenBy: "e.account_version",
  },
);

export const OWNED_RESERVATIONS = paged<OwnedReservationRow, "userId">(
  "userId",
  { id: "id", userId: "user_id" },
  { from: "reservations FORCE INDEX (reservations_user)" },
);

export const ANSWERS = paged<AnswerRow, "userId">(
  "userId",
  { userId: "user_id", operation: "operation", key: "idempotency_key", answer: "answer" },
  { from: "idempotency_records FORCE INDEX (PRIMARY)" },
);

export const AGGREGATE_TYPES = /* sql */ `
  SELECT DISTINCT aggregate_type AS aggregateType FROM outbox_messages
  UNION SELECT DISTINCT aggregate_type FROM outbox_publications`;

const VERSION_COLUMNS: ColumnsOf<VersionRow> = {
  aggregateId: "aggregate_id",
  aggregateVersion: "aggregate_version",
};

export const MESSAGES = paged<MessageRow, "aggregateId">(
  "aggregateId",
  { ...VERSION_COLUMNS, type: "type", payload: "payload" },
  {
    from: "outbox_messages FORCE INDEX (outbox_messages_version)",
    where: "aggregate_type = :aggregateType",
    thenBy: "aggregate_version",
  },
);

export const PUBLICATIONS = paged<PublicationVersionRow, "aggregateId">(
  "aggregateId",
  { ...VERSION_COLUMNS, replayJob: "replay_job" },
  {
    from: "outbox_publications FORCE INDEX (outbox_publications_aggregate)",
    where: "aggregate_type = :aggregateType",
    thenBy: "id",
  },
);

export const BUCKETS = "SELECT DISTINCT bucket AS bucket FROM outbox_messages";

/**
 * Uses the index of the due messages, which has the ids of one bucket and status in order. A
 * message without a replay is compared with publications without a replay.
 */
export const UNPUBLISHED = /* sql */ `
  SELECT m.id AS id, m.messageId, m.aggregateType, m.aggregateId, m.aggregateVersion, m.status,
    m.attempts, m.replayJob, a.id AS discardAudit, p.aggregate_version AS publishedVersion
  FROM (
    SELECT id AS id, message_id AS messageId, aggregate_type AS aggregateType,
      aggregate_id AS aggregateId, aggregate_version AS aggregateVersion, status AS status,
      attempts AS attempts, replay_job AS replayJob, discard_audit AS discardAudit
    FROM outbox_messages FORCE INDEX (outbox_messages_due)
    WHERE bucket = :bucket AND status = :status AND id > :after ORDER BY id LIMIT :limit
  ) m LEFT JOIN ops_audit a ON a.id = m.discardAudit AND a.operation = '${DISCARD_OPERATION}'
  LEFT JOIN outbox_publications p
    ON p.aggregate_type = m.aggregateType AND p.aggregate_id = m.aggregateId
    AND p.replay_job <=> m.replayJob
  ORDER BY m.id`;

export const PUBLISHED = paged<PublishedRow, "messageId">(
  "messageId",
  {
    messageId: "message_id",
    aggregateType: "aggregate_type",
    ...VERSION_COLUMNS,
    publishedAtUs: us("published_at"),
  },
  {
    from: "outbox_messages FORCE INDEX (outbox_messages_message)",
    where: "status = 'PUBLISHED' AND FIND_IN_SET(aggregate_type, :aggregateTypes)",
  },
);

export const INBOX = paged<CheckedInboxRow, "messageId">(
  "messageId",
  { messageId: "message_id", appliedAtUs: us("applied_at") },
  { from: "inbox_messages FORCE INDEX (PRIMARY)", where: "consumer = :consumer" },
);

export const NOTIFICATIONS = paged<CheckedNotificationRow, "messageId">(
  "messageId",
  { id: "id", messageId: "message_id", createdAtUs: us("created_at") },
  { from: "notifications FORCE INDEX (notifications_message)" },
);

export const QUEUES = /* sql */ `
  SELECT id AS id, active_count_max AS activeCountMax,
    admission_rate_per_minute AS admissionRatePerMinute
  FROM queues ORDER BY id`;

export const FORMER_LIMITS = /* sql */ `
  SELECT queue_id AS queueId, active_count_max AS activeCountMax,
    admission_rate_per_minute AS admissionRatePerMinute, ${us("ended_at")} AS endedAtUs
  FROM queue_former_limits ORDER BY id`;

export const ADMISSIONS = paged<CheckedAdmissionRow, "admittedAtUs">(
  "admittedAtUs",
  {
    queueId: "queue_id",
    userId: "user_id",
    sequence: "sequence",
    admittedAtUs: "admitted_at_us",
    enteredAtUs: "entered_at_us",
    expiresAtMs: "expires_at_ms",
    endedAtUs: "ended_at_us",
  },
  { from: "queue_admissions FORCE INDEX (queue_admissions_time)", where: "queue_id = :queueId" },
);
