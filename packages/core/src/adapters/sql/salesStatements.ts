import type {
  ComingMessage,
  ComparedSale,
  PerformanceSale,
  ReservationSale,
  SaleFigures,
} from "../../ports/salesStore.ts";
import { reservationStates } from "../../reservation/reservationStates.ts";
import type { AnswerRow } from "./answerRow.ts";
import { query, type Sql, sql } from "./statement.ts";

const COUNTED_COLUMNS = `reservation_id AS reservationId, performance_id AS performanceId, version,
            held, sold, revenue`;
const COUNTED_RANGE = `reservation_id > :after AND reservation_id <= :upTo ORDER BY reservation_id`;

export const LOCK = query(
  sql(
    "sales.lock",
    `SELECT ${COUNTED_COLUMNS} FROM sales_reservations
      WHERE reservation_id IN (:reservationIds) ORDER BY reservation_id FOR UPDATE`,
  ),
  presentCounted,
);

export const LOCK_RANGE = query(
  sql(
    "sales.lockRange",
    `SELECT ${COUNTED_COLUMNS} FROM sales_reservations WHERE ${COUNTED_RANGE} FOR UPDATE`,
  ),
  presentCounted,
);

export const COUNTED = query(
  sql("sales.counted", `SELECT ${COUNTED_COLUMNS} FROM sales_reservations WHERE ${COUNTED_RANGE}`),
  presentCounted,
);

export const INSERT = sql(
  "sales.insert",
  `INSERT IGNORE INTO sales_reservations
     (reservation_id, performance_id, version, held, sold, revenue) VALUES :rows`,
);

export const ADVANCE = sql(
  "sales.advance",
  `UPDATE sales_reservations
      SET performance_id = :performanceId, version = :version, held = :held, sold = :sold,
          revenue = :revenue
    WHERE reservation_id = :reservationId AND version < :version`,
);

export const REMOVE = sql(
  "sales.remove",
  `DELETE FROM sales_reservations WHERE reservation_id IN (:reservationIds)`,
);

export const ADD = sql(
  "sales.add",
  `INSERT INTO sales_performances (performance_id, held, sold, revenue)
   VALUES (:performanceId, :held, :sold, :revenue)
   ON DUPLICATE KEY UPDATE held = held + :held, sold = sold + :sold, revenue = revenue + :revenue`,
);

export const NEXT_IDS = query(
  sql("sales.nextRange", `SELECT id FROM reservations WHERE id > :after ORDER BY id LIMIT :max`),
  (row) => row.integer("id"),
);

export const LAST_ID = query(
  sql("sales.lastReservationId", `SELECT COALESCE(MAX(id), 0) AS id FROM reservations`),
  (row) => row.integer("id"),
);

export const ACTUAL = query(
  sql(
    "sales.actual",
    `SELECT id, performance_id AS performanceId, version, status, amount FROM reservations
      WHERE id > :after AND id <= :upTo ORDER BY id`,
  ),
  (row) => ({
    reservationId: row.integer("id"),
    performanceId: row.integer("performanceId"),
    version: row.integer("version"),
    status: row.oneOf("status", reservationStates.states),
    amount: row.integer("amount"),
  }),
);

/**
 * Counts the seats of each reservation by the version that gave them back, which is NULL for those
 * that it still has. So this statement, which runs later than `ACTUAL`, shows how many seats the
 * reservation had at the version that `ACTUAL` has read.
 */
export const SEAT_COUNTS = query(
  sql(
    "sales.actual:seats",
    `SELECT reservation_id AS reservationId, released_version AS releasedVersion,
            COUNT(*) AS seats
       FROM reservation_seats
      WHERE reservation_id > :after AND reservation_id <= :upTo
      GROUP BY reservation_id, released_version`,
  ),
  (row) => ({
    reservationId: row.integer("reservationId"),
    releasedVersion: row.integerOrNone("releasedVersion"),
    seats: row.integer("seats"),
  }),
);

/**
 * The time of the latest publication is that of its record: `published_at` of the message keeps the
 * first one when the message is replayed.
 */
export const COMING = query(
  sql(
    "sales.comingMessages",
    `SELECT m.aggregate_id AS reservationId, m.aggregate_version AS version,
            IF(m.status = 'PUBLISHED', TIMESTAMPDIFF(MICROSECOND, COALESCE(
                 (SELECT MAX(p.published_at)
                    FROM outbox_publications p FORCE INDEX (outbox_publications_aggregate)
                   WHERE p.aggregate_type = m.aggregate_type AND p.aggregate_id = m.aggregate_id
                     AND p.message_id = m.message_id),
                 m.published_at), NOW(6)), NULL) AS publishedUs
       FROM outbox_messages m FORCE INDEX (outbox_messages_version)
       LEFT JOIN inbox_messages i ON i.consumer = :consumer AND i.message_id = m.message_id
      WHERE m.aggregate_type = 'reservation' AND m.aggregate_id IN (:reservationIds)
        AND m.status <> 'DISCARDED' AND i.message_id IS NULL`,
  ),
  (row): ComingMessage => {
    const publishedUs = row.integerOrNone("publishedUs");
    return {
      reservationId: row.integer("reservationId"),
      version: row.integer("version"),
      publishedAgoMs: publishedUs === undefined ? undefined : publishedUs / 1000,
    };
  },
);

export const NEXT_PERFORMANCES = query(
  sql(
    "sales.nextPerformanceIds",
    `SELECT id FROM performances WHERE id > :after ORDER BY id LIMIT :max`,
  ),
  (row) => row.integer("id"),
);

/** INSERT IGNORE would take a shared lock first, and two such locks are a deadlock. */
export const ADD_TOTALS = sql(
  "sales.lockTotals:add",
  `INSERT INTO sales_performances (performance_id, held, sold, revenue)
   VALUES (:performanceId, 0, 0, 0)
   ON DUPLICATE KEY UPDATE performance_id = performance_id`,
);

export const LOCK_TOTALS = query(
  sql(
    "sales.lockTotals:lock",
    `SELECT performance_id AS performanceId, held, sold, revenue FROM sales_performances
      WHERE performance_id = :performanceId FOR UPDATE`,
  ),
  presentTotals,
);

/**
 * A transaction that changes the figures of a reservation also changes those of the performance.
 * While this row is locked, no such transaction can commit, so the sum and the row belong together.
 */
export const SUM = query(
  sql(
    "sales.lockTotals:sum",
    `SELECT COALESCE(SUM(held), 0) AS held, COALESCE(SUM(sold), 0) AS sold,
            COALESCE(SUM(revenue), 0) AS revenue
       FROM sales_reservations WHERE performance_id = :performanceId`,
  ),
  presentFigures,
);

export const SET_TOTALS = sql(
  "sales.setTotals",
  `UPDATE sales_performances SET held = :held, sold = :sold, revenue = :revenue
    WHERE performance_id = :performanceId`,
);

/** One statement, so that the figures of a performance and their sum are of one moment. */
export const DIFFERENT = query(
  sql(
    "sales.different",
    `SELECT f.performanceId, f.held, f.sold, f.revenue, f.summedHeld, f.summedSold, f.summedRevenue
       FROM (SELECT p.id AS performanceId, COALESCE(t.held, 0) AS held, COALESCE(t.sold, 0) AS sold,
                    COALESCE(t.revenue, 0) AS revenue, COALESCE(SUM(s.held), 0) AS summedHeld,
                    COALESCE(SUM(s.sold), 0) AS summedSold,
                    COALESCE(SUM(s.revenue), 0) AS summedRevenue
               FROM performances p
               LEFT JOIN sales_performances t ON t.performance_id = p.id
               LEFT JOIN sales_reservations s ON s.performance_id = p.id
              WHERE p.id > :after AND p.id <= :upTo
              GROUP BY p.id, t.held, t.sold, t.revenue) f
      WHERE f.held <> f.summedHeld OR f.sold <> f.summedSold OR f.revenue <> f.summedRevenue
      ORDER BY f.performanceId`,
  ),
  (row): ComparedSale => ({
    ...presentTotals(row),
    summed: {
      held: row.integer("summedHeld"),
      sold: row.integer("summedSold"),
      revenue: row.integer("summedRevenue"),
    },
  }),
);

export const LIST = query(
  sql(
    "sales.list",
    `SELECT t.performance_id AS performanceId, t.held, t.sold, t.revenue, c.title,
            p.starts_at AS startsAt
       FROM sales_performances t
       JOIN performances p ON p.id = t.performance_id
       JOIN concerts c ON c.id = p.concert_id
      WHERE t.performance_id > :after ORDER BY t.performance_id LIMIT :max`,
  ),
  (row) => ({ ...presentTotals(row), title: row.text("title"), startsAt: row.date("startsAt") }),
);

/** All statements of the sales store. */
export const SALES_STATEMENTS: readonly Sql[] = [
  LOCK,
  LOCK_RANGE,
  COUNTED,
  INSERT,
  ADVANCE,
  REMOVE,
  ADD,
  NEXT_IDS,
  LAST_ID,
  ACTUAL,
  SEAT_COUNTS,
  COMING,
  NEXT_PERFORMANCES,
  ADD_TOTALS,
  LOCK_TOTALS,
  SUM,
  SET_TOTALS,
  DIFFERENT,
  LIST,
];

function presentFigures(row: AnswerRow): SaleFigures {
  return {
    held: row.integer("held"),
    sold: row.integer("sold"),
    revenue: row.integer("revenue"),
  };
}

function presentTotals(row: AnswerRow): PerformanceSale {
  return { performanceId: row.integer("performanceId"), ...presentFigures(row) };
}

function presentCounted(row: AnswerRow): ReservationSale {
  return {
    reservationId: row.integer("reservationId"),
    version: row.integer("version"),
    ...presentTotals(row),
  };
}
