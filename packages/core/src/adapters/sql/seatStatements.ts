import type { OfferedSeat, SeatOfBuyer, SeatRow } from "../../ports/seatStore.ts";
import { seatStates } from "../../reservation/seatStates.ts";
import type { AnswerRow } from "./answerRow.ts";
import { presentShow, SHOW_COLUMNS } from "./showColumns.ts";
import { query, type Sql, sql } from "./statement.ts";

/**
 * Decides every race for a seat: of several transactions, only one locks the row. The others skip
 * it, so no buyer waits for a seat, and seats cause no deadlock.
 */
export const LOCK = query(
  sql(
    "seats.lock",
    `SELECT id FROM seats FORCE INDEX (PRIMARY)
      WHERE id IN (:seatIds)
        AND (status = 'AVAILABLE' OR (status = 'HELD' AND hold_expires_at < NOW(6)))
      ORDER BY id FOR UPDATE SKIP LOCKED`,
  ),
  (row) => row.integer("id"),
);

/**
 * Changes only seats that are free, also when the caller has not locked them. The reservation of a
 * seat is at the same place in its list as the seat.
 */
export const HOLD = sql(
  "seats.hold",
  `UPDATE seats FORCE INDEX (PRIMARY)
      SET status = 'HELD', reservation_id = ELT(FIELD(id, :seatIds), :reservationIds),
          version = version + 1, hold_expires_at = :expiresAt
    WHERE id IN (:seatIds)
      AND (status = 'AVAILABLE' OR (status = 'HELD' AND hold_expires_at < NOW(6)))`,
);

/**
 * Uses NOW(3), because seat and reservation must expire at the same instant, and the reservation's
 * time is a JavaScript Date, which has milliseconds.
 */
export const OFFERED = query(
  sql(
    "seats.offered",
    `SELECT s.id, s.seat_no AS seatNo, s.section, s.row_name AS rowName, s.price,
            s.is_accessible AS isAccessible, ${SHOW_COLUMNS},
            p.sale_opens_at AS saleOpensAt, p.sale_closes_at AS saleClosesAt,
            (p.sale_opens_at IS NOT NULL AND p.sale_opens_at > NOW(6)) AS isBeforeSale,
            (p.sale_closes_at IS NOT NULL AND p.sale_closes_at <= NOW(6)) AS isAfterSale,
            p.seats_per_buyer_max AS seatsPerBuyerMax, s.version, rs.reservation_id AS supersededId,
            NOW(3) + INTERVAL :holdUs MICROSECOND AS expiresAt
       FROM seats s
       JOIN performances p ON p.id = s.performance_id
       JOIN concerts c ON c.id = p.concert_id
       LEFT JOIN reservation_seats rs ON rs.seat_id = s.id AND rs.live = 1
      WHERE s.id IN (:seatIds)
      ORDER BY s.id`,
  ),
  (row): OfferedSeat => ({
    id: row.integer("id"),
    ...presentPlace(row),
    ...presentShow(row),
    saleOpensAt: row.dateOrNone("saleOpensAt"),
    saleClosesAt: row.dateOrNone("saleClosesAt"),
    sale: row.flag("isAfterSale") ? "over" : row.flag("isBeforeSale") ? "ahead" : "open",
    seatsPerBuyerMax: row.integerOrNone("seatsPerBuyerMax"),
    version: row.integer("version"),
    expiresAt: row.date("expiresAt"),
    supersededReservationId: row.integerOrNone("supersededId"),
  }),
);

/**
 * STRAIGHT_JOIN reads the seat links of the reservation first, so that the statement locks the
 * seats in id order. FORCE INDEX is needed because a scan of a small table would wait for the seat
 * links of other groups.
 */
export const CONFIRM = sql(
  "seats.confirm",
  `UPDATE reservation_seats rs FORCE INDEX (PRIMARY) STRAIGHT_JOIN seats s ON s.id = rs.seat_id
      SET s.status = 'SOLD', s.hold_expires_at = NULL
    WHERE rs.reservation_id IN (:reservationIds) AND rs.live = 1
      AND s.reservation_id = rs.reservation_id AND s.status = 'HELD'
      AND s.version = rs.seat_version`,
);

export const EXTEND = sql(
  "seats.extend",
  `UPDATE reservation_seats rs FORCE INDEX (PRIMARY) STRAIGHT_JOIN seats s ON s.id = rs.seat_id
      SET s.hold_expires_at = :expiresAt
    WHERE rs.reservation_id = :reservationId AND rs.live = 1
      AND s.reservation_id = :reservationId AND s.status = 'HELD' AND s.version = rs.seat_version`,
);

export const RELEASE = sql(
  "seats.release",
  `UPDATE reservation_seats rs STRAIGHT_JOIN seats s ON s.id = rs.seat_id
      SET s.status = 'AVAILABLE', s.reservation_id = NULL, s.hold_expires_at = NULL,
          s.version = s.version + 1
    WHERE rs.reservation_id = :reservationId AND rs.live = 1
      AND s.reservation_id = :reservationId AND s.status = :from AND s.version = rs.seat_version`,
);

export const END_LIVE_LINKS = sql(
  "seats.release:liveLinks",
  `UPDATE reservation_seats SET live = NULL WHERE reservation_id = :reservationId AND live = 1`,
);

export const RELEASE_SOME = sql(
  "seats.releaseSome",
  `UPDATE reservation_seats rs FORCE INDEX (PRIMARY) STRAIGHT_JOIN seats s ON s.id = rs.seat_id
      SET s.status = 'AVAILABLE', s.reservation_id = NULL, s.hold_expires_at = NULL,
          s.version = s.version + 1
    WHERE rs.reservation_id = :reservationId AND rs.seat_id IN (:seatIds) AND rs.live = 1
      AND s.reservation_id = :reservationId AND s.status = :from AND s.version = rs.seat_version`,
);

export const END_SOME_LINKS = sql(
  "seats.releaseSome:links",
  `UPDATE reservation_seats FORCE INDEX (PRIMARY)
      SET live = NULL, released_version = :version, released_at = NOW(6)
    WHERE reservation_id = :reservationId AND seat_id IN (:seatIds) AND live = 1`,
);

export const LIVE_LINKS = query(
  sql(
    "seats.release:links",
    `SELECT reservation_id AS reservationId, seat_id AS seatId FROM reservation_seats
      WHERE reservation_id IN (:reservationIds) AND live = 1`,
  ),
  (row) => ({ reservationId: row.integer("reservationId"), seatId: row.integer("seatId") }),
);
/**
 * Locks the seats that a group releases, except those that another transaction has locked. Without
 * a column that the key lacks, MySQL would read the whole key, and lock all seats.
 */
export const FREE_SEATS = query(
  sql(
    "seats.release:free",
    `SELECT id, version FROM seats FORCE INDEX (PRIMARY)
      WHERE id IN (:seatIds) ORDER BY id FOR UPDATE SKIP LOCKED`,
  ),
  (row) => row.integer("id"),
);

const COLUMNS = `s.id, s.performance_id AS performanceId, s.seat_no AS seatNo, s.section,
            s.row_name AS rowName, s.price, s.is_accessible AS isAccessible, s.status,
            s.reservation_id AS reservationId, s.hold_expires_at AS holdExpiresAt, s.version`;
export const FIND = query(
  sql(
    "seats.find",
    `SELECT ${COLUMNS}, r.user_id AS userId
       FROM seats s LEFT JOIN reservations r ON r.id = s.reservation_id
      WHERE s.id IN (:seatIds) ORDER BY s.id`,
  ),
  (row): SeatOfBuyer => ({ ...presentSeat(row), userId: row.integerOrNone("userId") }),
);
export const OF_PERFORMANCE = query(
  sql(
    "seats.ofPerformance",
    `SELECT ${COLUMNS} FROM seats s WHERE s.performance_id = :performanceId ORDER BY s.id`,
  ),
  presentSeat,
);

export const BLOCK = sql(
  "seats.block",
  `UPDATE seats FORCE INDEX (PRIMARY) SET status = 'BLOCKED', version = version + 1
    WHERE id IN (:seatIds) AND status = 'AVAILABLE'`,
);
export const KEEP_REASONS = sql(
  "seats.block:reasons",
  `INSERT INTO seat_blocks (seat_id, reason) VALUES :rows`,
);
export const UNBLOCK = sql(
  "seats.unblock",
  `UPDATE seats FORCE INDEX (PRIMARY) SET status = 'AVAILABLE', version = version + 1
    WHERE id IN (:seatIds) AND status = 'BLOCKED'`,
);
export const DROP_REASONS = sql(
  "seats.unblock:reasons",
  `DELETE FROM seat_blocks WHERE seat_id IN (:seatIds)`,
);
export const BLOCKS = query(
  sql(
    "seats.blocks",
    `SELECT s.id, s.seat_no AS seatNo, b.reason, b.blocked_at AS blockedAt
       FROM seats s JOIN seat_blocks b ON b.seat_id = s.id
      WHERE s.performance_id = :performanceId AND s.status = 'BLOCKED' ORDER BY s.id`,
  ),
  (row) => ({
    seatId: row.integer("id"),
    seatNo: row.text("seatNo"),
    reason: row.text("reason"),
    blockedAt: row.date("blockedAt"),
  }),
);

/** All statements of the seat store. */
export const SEAT_STATEMENTS: readonly Sql[] = [
  LOCK,
  HOLD,
  OFFERED,
  CONFIRM,
  EXTEND,
  RELEASE,
  END_LIVE_LINKS,
  RELEASE_SOME,
  END_SOME_LINKS,
  LIVE_LINKS,
  FREE_SEATS,
  FIND,
  OF_PERFORMANCE,
  BLOCK,
  KEEP_REASONS,
  UNBLOCK,
  DROP_REASONS,
  BLOCKS,
];

function presentPlace(row: AnswerRow) {
  return {
    seatNo: row.text("seatNo"),
    section: row.text("section"),
    row: row.textOrNone("rowName"),
    price: row.integer("price"),
    accessible: row.flag("isAccessible"),
  };
}

function presentSeat(row: AnswerRow): SeatRow {
  return {
    id: row.integer("id"),
    performanceId: row.integer("performanceId"),
    ...presentPlace(row),
    status: row.oneOf("status", seatStates.states),
    reservationId: row.integerOrNone("reservationId"),
    holdExpiresAt: row.dateOrNone("holdExpiresAt"),
    version: row.integer("version"),
  };
}
