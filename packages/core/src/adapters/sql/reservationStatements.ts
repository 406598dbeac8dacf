import type { BuyerSeat, Reservation, ReservedSeat } from "../../ports/reservationStore.ts";
import { reservationStates } from "../../reservation/reservationStates.ts";
import type { AnswerRow } from "./answerRow.ts";
import { CANCEL, CONFIRM, EXPIRE, REFUND } from "./reservationTransitions.ts";
import { presentShow, SHOW_COLUMNS } from "./showColumns.ts";
import { query, type Sql, sql } from "./statement.ts";

export const INSERT = sql(
  "reservations.insert:reservation",
  `INSERT INTO reservations (id, user_id, performance_id, status, amount, expires_at)
   VALUES :rows`,
);
export const INSERT_SEATS = sql(
  "reservations.insert:seats",
  `INSERT INTO reservation_seats (reservation_id, seat_id, price, seat_version, live)
   VALUES :rows`,
);

/** NOW(3), as in a hold: the end is a Date, which has milliseconds. */
export const HOLD_END = query(
  sql("reservations.extend:end", `SELECT NOW(3) + INTERVAL :holdUs MICROSECOND AS expiresAt`),
  (row) => row.date("expiresAt"),
);
export const EXTEND = sql(
  "reservations.extend",
  `UPDATE reservations FORCE INDEX (PRIMARY) SET expires_at = :expiresAt
    WHERE id = :id AND status = 'PENDING' AND expires_at > NOW(6) AND expires_at < :expiresAt`,
);
export const LOCK = query(
  sql("reservations.lock", `SELECT id FROM reservations WHERE id = :id FOR UPDATE`),
  (row) => row.integer("id"),
);
/** The state decides which seats the caller releases: held or sold ones. */
export const REDUCE = sql(
  "reservations.reduce",
  `UPDATE reservations FORCE INDEX (PRIMARY) SET amount = :amount, version = version + 1
    WHERE id = :id AND status = :status AND version = :version
      AND (status = 'CONFIRMED' OR expires_at > NOW(6))`,
);

export const LOCK_OVERDUE = query(
  sql(
    "reservations.lockOverdue",
    `SELECT id FROM reservations
      WHERE status = 'PENDING' AND expires_at <= NOW(6)
      ORDER BY expires_at LIMIT :max FOR UPDATE SKIP LOCKED`,
  ),
  (row) => row.integer("id"),
);

export const COUNT_OVERDUE = query(
  sql(
    "reservations.countOverdue",
    `SELECT COUNT(*) AS holds FROM reservations
      WHERE status = 'PENDING' AND expires_at <= NOW(6) - INTERVAL :overdueUs MICROSECOND`,
  ),
  (row) => row.integer("holds"),
);

/**
 * Locks the row of this buyer and performance. No other buyer's statement locks this row. The
 * statement always changes the row, because Galera detects conflicts only between changed rows.
 */
export const LOCK_BUYERS = sql(
  "reservations.lockSeatsOfBuyer:lock",
  `INSERT INTO seat_allowances (user_id, performance_id, holds)
   VALUES :rows
   ON DUPLICATE KEY UPDATE holds = holds + 1`,
);

/** Without a column that the key lacks, MySQL would read the whole key, and meet all locks. */
const BUYERS_OF_GROUP = `SELECT user_id AS userId, performance_id AS performanceId, holds
       FROM seat_allowances FORCE INDEX (PRIMARY)
      WHERE (user_id, performance_id) IN (:buyers)`;
export const FREE_BUYERS = query(
  sql(
    "reservations.lockSeatsOfBuyer:free",
    `${BUYERS_OF_GROUP} ORDER BY user_id, performance_id FOR UPDATE SKIP LOCKED`,
  ),
  presentBuyer,
);
/** Fails immediately when another transaction is inserting the row of one of the buyers. */
export const NEW_BUYERS = query(
  sql(
    "reservations.lockSeatsOfBuyer:new",
    `${BUYERS_OF_GROUP} ORDER BY user_id, performance_id FOR UPDATE NOWAIT`,
  ),
  presentBuyer,
);
export const KNOWN_BUYERS = query(
  sql("reservations.lockSeatsOfBuyer:known", BUYERS_OF_GROUP),
  presentBuyer,
);

/**
 * Reads along the buyers' reservations. With many buyers and old statistics, the optimizer reads
 * all reservations or all seat links of the sale instead, for each group again. No index begins
 * with both columns of a buyer, so the ids of the users are a condition of their own.
 */
export const SEATS_OF_BUYERS = query(
  sql(
    "reservations.lockSeatsOfBuyer:seats",
    `SELECT r.user_id AS userId, r.performance_id AS performanceId, r.id AS reservationId, r.status,
            (r.status = 'PENDING' AND r.expires_at <= NOW(6)) AS overdue
       FROM reservations r FORCE INDEX (reservations_user)
       STRAIGHT_JOIN reservation_seats rs ON rs.reservation_id = r.id AND rs.live = 1
      WHERE r.user_id IN (:userIds) AND (r.user_id, r.performance_id) IN (:buyers)
        AND r.status IN ('PENDING','CONFIRMED')
      ORDER BY r.id`,
  ),
  (row): { readonly buyer: Buyer; readonly seat: BuyerSeat } => ({
    buyer: presentBuyer(row),
    seat: {
      reservationId: row.integer("reservationId"),
      status: row.oneOf("status", ["PENDING", "CONFIRMED"]),
      overdue: row.flag("overdue"),
    },
  }),
);

export const PENDING_OF_QUEUE = query(
  sql(
    "reservations.pendingOfQueue",
    `SELECT r.id
       FROM reservations r
       JOIN performances p ON p.id = r.performance_id
       JOIN concerts c ON c.id = p.concert_id
      WHERE r.user_id = :userId AND r.status = 'PENDING' AND c.queue_id = :queueId
      ORDER BY r.id LIMIT :max`,
  ),
  (row) => row.integer("id"),
);

const SELECT = `
     SELECT r.id, r.user_id AS userId, ${SHOW_COLUMNS},
            r.status, r.amount, r.expires_at AS expiresAt, r.created_at AS createdAt, r.version,
            (r.status = 'PENDING' AND r.expires_at <= NOW(6)) AS overdue
       FROM reservations r
       JOIN performances p ON p.id = r.performance_id
       JOIN concerts c ON c.id = p.concert_id`;
const NEWEST_FIRST = "ORDER BY r.created_at DESC, r.id DESC LIMIT :limit";
export const FIND = query(
  sql("reservations.find", `${SELECT} WHERE r.id IN (:ids)`),
  presentReservation,
);
export const OF_USER = query(
  sql("reservations.ofUser", `${SELECT} WHERE r.user_id = :userId ${NEWEST_FIRST}`),
  presentReservation,
);
export const OF_USER_BEFORE = query(
  sql(
    "reservations.ofUser:before",
    `${SELECT}
       JOIN reservations mark ON mark.id = :beforeId AND mark.user_id = :userId
      WHERE r.user_id = :userId AND (r.created_at < mark.created_at
            OR (r.created_at = mark.created_at AND r.id < mark.id))
      ${NEWEST_FIRST}`,
  ),
  presentReservation,
);
/** The conditions that an operator's list can have. */
const SELECTED = `r.id < :beforeId AND (:isAnyStatus OR r.status = :status)
        AND (:isAnyPerformance OR r.performance_id = :performanceId)`;
const OVERDUE = "r.status = 'PENDING' AND r.expires_at <= NOW(6)";
const HIGHEST_ID_FIRST = "ORDER BY r.id DESC LIMIT :limit";

/**
 * Reads along an index that has few rows for the condition. With ORDER BY and LIMIT, the optimizer
 * could walk through all ids instead.
 */
const along = (index: string): string =>
  SELECT.replace("FROM reservations r", `FROM reservations r FORCE INDEX (${index})`);
export const LIST = query(
  sql("reservations.list", `${SELECT} WHERE ${SELECTED} ${HIGHEST_ID_FIRST}`),
  presentReservation,
);
export const LIST_OVERDUE = query(
  sql(
    "reservations.list:overdue",
    `${along("reservations_overdue")} WHERE ${OVERDUE} AND ${SELECTED} ${HIGHEST_ID_FIRST}`,
  ),
  presentReservation,
);
export const LIST_OF_USER = query(
  sql(
    "reservations.list:user",
    `${along("reservations_user")}
      WHERE r.user_id = :userId AND ${SELECTED} AND (:isAnyTime OR (${OVERDUE}))
      ${HIGHEST_ID_FIRST}`,
  ),
  presentReservation,
);
/** The columns of a seat `s` of a reservation, and of the link `rs` between both. */
export const RESERVED_SEAT_COLUMNS = `rs.seat_id AS seatId, s.seat_no AS seatNo, s.section,
            s.row_name AS rowName, rs.price`;
export const SEATS = query(
  sql(
    "reservations.seats",
    `SELECT rs.reservation_id AS reservationId, ${RESERVED_SEAT_COLUMNS}
       FROM reservation_seats rs JOIN seats s ON s.id = rs.seat_id
      WHERE rs.reservation_id IN (:ids) AND rs.released_version IS NULL ORDER BY rs.seat_id`,
  ),
  (row) => ({
    reservationId: row.integer("reservationId"),
    seat: presentReservedSeat(row),
  }),
);

export const RELEASED_SEAT_IDS = query(
  sql(
    "reservations.releasedSeatIds",
    `SELECT seat_id AS seatId FROM reservation_seats
      WHERE reservation_id = :id AND released_version IS NOT NULL ORDER BY seat_id`,
  ),
  (row) => row.integer("seatId"),
);

/** All statements of the reservation store. */
export const RESERVATION_STATEMENTS: readonly Sql[] = [
  INSERT,
  INSERT_SEATS,
  ...[CONFIRM, CANCEL, EXPIRE, REFUND].flatMap(({ move, lock, find, moveAll }) => [
    ...[move, lock, find, moveAll],
  ]),
  HOLD_END,
  EXTEND,
  LOCK,
  REDUCE,
  LOCK_OVERDUE,
  COUNT_OVERDUE,
  LOCK_BUYERS,
  FREE_BUYERS,
  NEW_BUYERS,
  KNOWN_BUYERS,
  SEATS_OF_BUYERS,
  PENDING_OF_QUEUE,
  FIND,
  OF_USER,
  OF_USER_BEFORE,
  LIST,
  LIST_OVERDUE,
  LIST_OF_USER,
  SEATS,
  RELEASED_SEAT_IDS,
];

export type PlainReservation = Omit<Reservation, "seats">;

/** A buyer of one performance. */
export interface Buyer {
  readonly userId: number;
  readonly performanceId: number;
}

function presentBuyer(row: AnswerRow): Buyer {
  return { userId: row.integer("userId"), performanceId: row.integer("performanceId") };
}

/** Reads the columns of `RESERVED_SEAT_COLUMNS`. */
export function presentReservedSeat(row: AnswerRow): ReservedSeat {
  return {
    seatId: row.integer("seatId"),
    seatNo: row.text("seatNo"),
    section: row.text("section"),
    row: row.textOrNone("rowName"),
    price: row.integer("price"),
  };
}

function presentReservation(row: AnswerRow): PlainReservation {
  return {
    id: row.integer("id"),
    userId: row.integer("userId"),
    ...presentShow(row),
    status: row.oneOf("status", reservationStates.states),
    amount: row.integer("amount"),
    expiresAt: row.date("expiresAt"),
    createdAt: row.date("createdAt"),
    version: row.integer("version"),
    overdue: row.flag("overdue"),
  };
}
