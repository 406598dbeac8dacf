/*
 * The statements of the invariant reader. Each statement reads one page of a table in the order of
 * an index, after the key `:after`. FORCE INDEX is needed: the range is most of the table, so the
 * optimizer would sort the whole table for each page. For the same reason, no statement orders by a
 * column that is not in the index.
 */

/**
 * Gives exact microseconds. UNIX_TIMESTAMP would convert by the time zone of the session, and the
 * server would parse a text, unlike this typed literal, once for every row.
 */
const us = (column: string): string =>
  `TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', ${column})`;

export const NOW = `SELECT ${us("UTC_TIMESTAMP(6)")} AS nowUs`;

export const SEATS = /* sql */ `
  SELECT s.id AS id, s.performance_id AS performanceId, s.status AS status,
    s.reservation_id AS reservationId, ${us("s.hold_expires_at")} AS holdExpiresAtUs,
    s.version AS version,
    r.status AS reservationStatus, ${us("r.expires_at")} AS reservationExpiresAtUs
  FROM seats s FORCE INDEX (PRIMARY) LEFT JOIN reservations r ON r.id = s.reservation_id
  WHERE s.id > :after ORDER BY s.id LIMIT :limit`;

export const SEAT_LINKS = /* sql */ `
  SELECT rs.seat_id AS seatId, rs.reservation_id AS reservationId, rs.live AS live,
    rs.seat_version AS seatVersion,
    r.status AS status, r.performance_id AS performanceId, ${us("r.created_at")} AS createdAtUs,
    ${us("r.updated_at")} AS updatedAtUs, ${us("r.expires_at")} AS expiresAtUs
  FROM reservation_seats rs FORCE INDEX (reservation_seats_one_live)
    LEFT JOIN reservations r ON r.id = rs.reservation_id
  WHERE rs.seat_id > :after ORDER BY rs.seat_id LIMIT :limit`;

export const RESERVATIONS = /* sql */ `
  SELECT id AS id, user_id AS userId, performance_id AS performanceId, status AS status,
    amount AS amount, version AS version, ${us("created_at")} AS createdAtUs,
    ${us("updated_at")} AS updatedAtUs, ${us("expires_at")} AS expiresAtUs
  FROM reservations FORCE INDEX (PRIMARY) WHERE id > :after ORDER BY id LIMIT :limit`;

export const RESERVATION_SEATS = /* sql */ `
  SELECT reservation_id AS reservationId, price AS price
  FROM reservation_seats FORCE INDEX (PRIMARY)
  WHERE reservation_id > :after ORDER BY reservation_id LIMIT :limit`;

const PAYMENT = /* sql */ `
  SELECT id AS id, reservation_id AS reservationId, user_id AS userId, amount AS amount,
    status AS status, version AS version, ${us("captured_at")} AS capturedAtUs,
    ${us("refunded_at")} AS refundedAtUs
  FROM payments FORCE INDEX`;

export const PAYMENTS = {
  id: `${PAYMENT} (PRIMARY) WHERE id > :after ORDER BY id LIMIT :limit`,
  reservationId: /* sql */ `
    ${PAYMENT} (payments_reservation)
    WHERE reservation_id > :after ORDER BY reservation_id LIMIT :limit`,
  userId: /* sql */ `
    ${PAYMENT} (payments_user)
    WHERE user_id > :after ORDER BY user_id, id LIMIT :limit`,
} as const;

export const ACCOUNTS = /* sql */ `
  SELECT user_id AS userId, balance AS balance, version AS version
  FROM point_accounts WHERE user_id > :after ORDER BY user_id LIMIT :limit`;

export const ENTRIES = /* sql */ `
  SELECT id AS id, user_id AS userId, kind AS kind, amount AS amount,
    balance_after AS balanceAfter, account_version AS accountVersion,
    reservation_id AS reservationId, ${us("created_at")} AS createdAtUs
  FROM point_entries FORCE INDEX (point_entries_version)
  WHERE user_id > :after ORDER BY user_id, account_version LIMIT :limit`;

export const OWNED_RESERVATIONS = /* sql */ `
  SELECT id AS id, user_id AS userId FROM reservations FORCE INDEX (reservations_user)
  WHERE user_id > :after ORDER BY user_id LIMIT :limit`;

export const ANSWERS = /* sql */ `
  SELECT user_id AS userId, operation AS operation, idempotency_key AS \`key\`, answer AS answer
  FROM idempotency_records FORCE INDEX (PRIMARY)
  WHERE user_id > :after ORDER BY user_id LIMIT :limit`;

export const AGGREGATE_TYPES = /* sql */ `
  SELECT DISTINCT aggregate_type AS aggregateType FROM outbox_messages
  UNION SELECT DISTINCT aggregate_type FROM outbox_publications`;

export const MESSAGES = /* sql */ `
  SELECT aggregate_id AS aggregateId, aggregate_version AS aggregateVersion, type AS type,
    payload AS payload
  FROM outbox_messages FORCE INDEX (outbox_messages_version)
  WHERE aggregate_type = :aggregateType AND aggregate_id > :after
  ORDER BY aggregate_id, aggregate_version LIMIT :limit`;

export const PUBLICATIONS = /* sql */ `
  SELECT aggregate_id AS aggregateId, aggregate_version AS aggregateVersion
  FROM outbox_publications FORCE INDEX (outbox_publications_aggregate)
  WHERE aggregate_type = :aggregateType AND aggregate_id > :after
  ORDER BY aggregate_id, id LIMIT :limit`;

export const BUCKETS = "SELECT DISTINCT bucket AS bucket FROM outbox_messages";

/** Uses the index of the due messages, which has the ids of one bucket and status in order. */
export const UNPUBLISHED = /* sql */ `
  SELECT m.id AS id, m.messageId, m.aggregateType, m.aggregateId, m.aggregateVersion, m.status,
    m.attempts, p.aggregate_version AS publishedVersion
  FROM (
    SELECT id AS id, message_id AS messageId, aggregate_type AS aggregateType,
      aggregate_id AS aggregateId, aggregate_version AS aggregateVersion, status AS status,
      attempts AS attempts
    FROM outbox_messages FORCE INDEX (outbox_messages_due)
    WHERE bucket = :bucket AND status = :status AND id > :after ORDER BY id LIMIT :limit
  ) m LEFT JOIN outbox_publications p
    ON p.aggregate_type = m.aggregateType AND p.aggregate_id = m.aggregateId
  ORDER BY m.id`;

export const PUBLISHED = /* sql */ `
  SELECT message_id AS messageId, aggregate_type AS aggregateType, aggregate_id AS aggregateId,
    aggregate_version AS aggregateVersion, ${us("published_at")} AS publishedAtUs
  FROM outbox_messages FORCE INDEX (outbox_messages_message)
  WHERE message_id > :after AND status = 'PUBLISHED'
    AND FIND_IN_SET(aggregate_type, :aggregateTypes)
  ORDER BY message_id LIMIT :limit`;

export const INBOX = /* sql */ `
  SELECT message_id AS messageId, ${us("applied_at")} AS appliedAtUs
  FROM inbox_messages FORCE INDEX (PRIMARY)
  WHERE consumer = :consumer AND message_id > :after
  ORDER BY message_id LIMIT :limit`;

export const NOTIFICATIONS = /* sql */ `
  SELECT id AS id, message_id AS messageId, ${us("created_at")} AS createdAtUs
  FROM notifications FORCE INDEX (notifications_message)
  WHERE message_id > :after ORDER BY message_id LIMIT :limit`;

export const QUEUES = /* sql */ `
  SELECT id AS id, active_count_max AS activeCountMax,
    admission_rate_per_minute AS admissionRatePerMinute
  FROM queues ORDER BY id`;

export const FORMER_LIMITS = /* sql */ `
  SELECT queue_id AS queueId, active_count_max AS activeCountMax,
    admission_rate_per_minute AS admissionRatePerMinute, ${us("ended_at")} AS endedAtUs
  FROM queue_former_limits ORDER BY id`;

export const ADMISSIONS = /* sql */ `
  SELECT queue_id AS queueId, user_id AS userId, sequence AS sequence,
    admitted_at_us AS admittedAtUs, entered_at_us AS enteredAtUs, expires_at_ms AS expiresAtMs,
    ended_at_us AS endedAtUs
  FROM queue_admissions FORCE INDEX (queue_admissions_time)
  WHERE queue_id = :queueId AND admitted_at_us > :after
  ORDER BY admitted_at_us LIMIT :limit`;
