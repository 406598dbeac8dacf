import {
  at,
  CHARGE,
  type FillStatement,
  MINUTE,
  PERFORMANCES,
  PRICE,
  REFUND_AFTER,
  RESERVATIONS,
  WAS_PAID,
} from "./saleNumbers.ts";

/** Inserts seats, reservations and payments, then the ledger entries that follow from them. */
export const SALE_STATEMENTS: readonly FillStatement[] = [
  {
    table: "seats",
    by: "reservation",
    sql: /* sql */ `
      INSERT INTO seats (id, performance_id, seat_no, section, price, status, reservation_id,
        hold_expires_at, version)
      SELECT r.seatId, r.performanceId, CONCAT('S-', r.seatId), 'A', ${PRICE},
        IF(r.statusName = 'PENDING', 'HELD', 'SOLD'), r.n + 1,
        IF(r.statusName = 'PENDING', ${at(`r.heldUs + ${24 * 60 * MINUTE}`)}, NULL), 3
      FROM (${RESERVATIONS}) r WHERE r.statusName IN ('CONFIRMED', 'PENDING')
      UNION ALL
      SELECT :count + r.n + 1, r.performanceId, CONCAT('T-', r.n), 'B', ${PRICE}, 'SOLD',
        r.n + 1, NULL, 2
      FROM (${RESERVATIONS}) r WHERE r.seatCount = 2`,
  },
  {
    table: "reservations",
    by: "reservation",
    sql: /* sql */ `
      INSERT INTO reservations (id, user_id, performance_id, status, amount, expires_at, version,
        created_at, updated_at)
      SELECT r.n + 1, r.userId, r.performanceId, r.statusName, ${PRICE} * r.seatCount,
        ${at(`r.heldUs + IF(r.statusName = 'PENDING', ${24 * 60 * MINUTE}, ${5 * MINUTE})`)},
        CASE r.statusName WHEN 'PENDING' THEN 1 WHEN 'REFUNDED' THEN 3 ELSE 2 END,
        ${at("r.heldUs")},
        ${at(`COALESCE(r.endedUs + IF(r.statusName = 'REFUNDED', ${REFUND_AFTER}, 0), r.heldUs)`)}
      FROM (${RESERVATIONS}) r`,
  },
  {
    table: "reservation_seats",
    by: "reservation",
    sql: /* sql */ `
      INSERT INTO reservation_seats (reservation_id, seat_id, price, seat_version, live)
      SELECT r.n + 1, r.seatId, ${PRICE}, IF(r.statusName IN ('CONFIRMED', 'PENDING'), 3, 1),
        IF(r.statusName IN ('CONFIRMED', 'PENDING'), 1, NULL)
      FROM (${RESERVATIONS}) r
      UNION ALL
      SELECT r.n + 1, :count + r.n + 1, ${PRICE}, 2, 1 FROM (${RESERVATIONS}) r
      WHERE r.seatCount = 2`,
  },
  {
    table: "payments",
    by: "reservation",
    sql: /* sql */ `
      INSERT INTO payments (id, reservation_id, user_id, amount, status, version, captured_at,
        refunded_at)
      SELECT r.n + 1, r.n + 1, r.userId, ${PRICE} * r.seatCount,
        IF(r.statusName = 'REFUNDED', 'REFUNDED', 'CAPTURED'),
        IF(r.statusName = 'REFUNDED', 2, 1), ${at("r.endedUs")},
        IF(r.statusName = 'REFUNDED', ${at(`r.endedUs + ${REFUND_AFTER}`)}, NULL)
      FROM (${RESERVATIONS}) r WHERE ${WAS_PAID}`,
  },
  {
    table: "point_accounts",
    by: "user",
    sql: /* sql */ `
      INSERT INTO point_accounts (user_id, balance, version)
      SELECT u.n + 1, ${CHARGE} - COALESCE(paid.spent, 0), 1 + COALESCE(paid.entryCount, 0)
      FROM bench_numbers u LEFT JOIN (
        SELECT user_id, SUM(IF(status = 'REFUNDED', 0, amount)) AS spent,
          SUM(IF(status = 'REFUNDED', 2, 1)) AS entryCount
        FROM payments WHERE user_id > :from AND user_id <= :below GROUP BY user_id
      ) paid ON paid.user_id = u.n + 1
      WHERE u.n >= :from AND u.n < :below AND u.n <= :count DIV 2`,
  },
  {
    table: "point_entries",
    by: "user",
    sql: /* sql */ `
      INSERT INTO point_entries (id, user_id, kind, amount, balance_after, account_version,
        entry_key, reservation_id, created_at)
      SELECT id, userId, kind, amount,
        SUM(IF(kind = 'SPEND', -amount, amount)) OVER account,
        ROW_NUMBER() OVER account, CONCAT(LOWER(kind), ':', id), reservationId, createdAt
      FROM (
        SELECT u.n + 1 AS id, u.n + 1 AS userId, 'CHARGE' AS kind, ${CHARGE} AS amount,
          NULL AS reservationId, ${at(`:nowUs - ${25 * 60 * MINUTE}`)} AS createdAt
        FROM bench_numbers u WHERE u.n >= :from AND u.n < :below AND u.n <= :count DIV 2
        UNION ALL
        SELECT :count + 2 * id, user_id, 'SPEND', amount, reservation_id, captured_at
        FROM payments WHERE user_id > :from AND user_id <= :below
        UNION ALL
        SELECT :count + 2 * id + 1, user_id, 'REFUND', amount, reservation_id, refunded_at
        FROM payments WHERE user_id > :from AND user_id <= :below AND status = 'REFUNDED'
      ) entry
      WINDOW account AS (PARTITION BY userId ORDER BY createdAt, id)`,
  },
];

const SEATS_ANSWER = /* sql */ `JSON_ARRAY(JSON_OBJECT('seatId', r.seatId,
  'seatNo', CONCAT('S-', r.seatId), 'price', ${PRICE}))`;

function answers(operation: string, where: string, answer: string): FillStatement {
  return {
    table: "idempotency_records",
    by: "reservation",
    sql: /* sql */ `
      INSERT INTO idempotency_records (user_id, operation, idempotency_key, fingerprint, answer,
        created_at)
      SELECT r.userId, '${operation}', LEFT(SHA2(CONCAT('${operation}', r.n), 256), 32),
        SHA2(r.n, 256), ${answer}, ${at("r.heldUs")}
      FROM (${RESERVATIONS}) r WHERE ${where}`,
  };
}

const ANSWERS: readonly FillStatement[] = [
  answers(
    "reserve",
    "TRUE",
    /* sql */ `JSON_OBJECT('reservationId', r.n + 1, 'status', 'PENDING', 'performanceId',
      r.performanceId, 'seats', ${SEATS_ANSWER}, 'amount', ${PRICE} * r.seatCount,
      'expiresAt', '2026-01-01T00:00:00.000Z')`,
  ),
  answers(
    "pay",
    WAS_PAID,
    /* sql */ `JSON_OBJECT('paymentId', r.n + 1, 'reservationId', r.n + 1, 'status', 'CAPTURED',
      'price', ${PRICE} * r.seatCount, 'seats', ${SEATS_ANSWER}, 'currentPoints', 1,
      'queueId', 'main')`,
  ),
  answers(
    "refund",
    "r.statusName = 'REFUNDED'",
    /* sql */ `JSON_OBJECT('paymentId', r.n + 1, 'reservationId', r.n + 1, 'status', 'REFUNDED',
      'currentPoints', 1)`,
  ),
  {
    table: "idempotency_records",
    by: "user",
    sql: /* sql */ `
      INSERT INTO idempotency_records (user_id, operation, idempotency_key, fingerprint, answer,
        created_at)
      SELECT u.n + 1, 'charge', LEFT(SHA2(CONCAT('charge', u.n), 256), 32), SHA2(u.n, 256),
        JSON_OBJECT('currentPoints', ${CHARGE}), ${at(`:nowUs - ${25 * 60 * MINUTE}`)}
      FROM bench_numbers u WHERE u.n >= :from AND u.n < :below AND u.n <= :count DIV 2`,
  },
];

const QUEUE: readonly FillStatement[] = [
  {
    table: "queue_admissions",
    by: "user",
    sql: /* sql */ `
      INSERT INTO queue_admissions (queue_id, user_id, sequence, admitted_at_us, entered_at_us,
        expires_at_ms, ended_at_us, end_reason)
      SELECT 'main', n + 1, n + 1, admittedUs, :nowUs - ${30 * 60 * MINUTE} + n,
        (admittedUs + ${10 * MINUTE}) DIV 1000, admittedUs + ${2 * MINUTE}, 'PAID'
      FROM (
        SELECT n, :nowUs - ${25 * 60 * MINUTE}
          + n * (${20 * 60 * MINUTE} DIV (:count DIV 2 + 1)) AS admittedUs
        FROM bench_numbers WHERE n >= :from AND n < :below AND n <= :count DIV 2
      ) turn`,
  },
];

/** Inserts the stored answers to clients, and the admissions of the queue. */
export const CLIENT_STATEMENTS: readonly FillStatement[] = [...ANSWERS, ...QUEUE];

/** Statements that run before the batches. */
export const PREPARE_STATEMENTS: readonly string[] = [
  "CREATE TABLE bench_numbers (n INT UNSIGNED NOT NULL PRIMARY KEY)",
  "INSERT INTO bench_numbers VALUES (0)",
  "INSERT INTO concerts (id, title, singer, queue_id) VALUES (1, 'Benchmark', 'Singer', 'main')",
  ...Array.from(
    { length: PERFORMANCES },
    (_, index) =>
      "INSERT INTO performances (id, concert_id, starts_at, venue) " +
      `VALUES (${index + 1}, 1, NOW(6) + INTERVAL 30 DAY, 'Hall')`,
  ),
  "INSERT INTO queues (id, active_count_max, admission_rate_per_minute, active_ttl_ms, claim_ms) " +
    "VALUES ('main', 5000, 5000, 600000, 30000)",
];
