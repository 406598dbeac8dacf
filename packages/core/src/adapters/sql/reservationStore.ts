import type {
  BuyerSeat,
  Reservation,
  ReservationStatus,
  ReservationStore,
} from "../../ports/reservationStore.ts";
import type { TxOrNone } from "../../ports/transaction.ts";
import { reservationStates } from "../../reservation/reservationStates.ts";
import type { AnswerRow } from "./answerRow.ts";
import type { Database, SqlValues } from "./database.ts";
import { query, type Sql, type SqlQuery, sql } from "./statement.ts";

const INSERT = sql(
  "reservations.insert:reservation",
  `INSERT INTO reservations (id, user_id, performance_id, status, amount, expires_at)
   VALUES (:id, :userId, :performanceId, 'PENDING', :amount, :expiresAt)`,
);
const INSERT_SEATS = sql(
  "reservations.insert:seats",
  `INSERT INTO reservation_seats (reservation_id, seat_id, price, seat_version, live)
   VALUES :rows`,
);

/**
 * Makes a conditional UPDATE for one transition. The number of changed rows decides who wins a
 * race. The statement finds its row by primary key. Otherwise, with few rows in a state, the
 * optimizer could choose the index on the state, and the statement would wait for locks of other
 * rows.
 */
function move(name: string, from: ReservationStatus, to: ReservationStatus, and = ""): Sql {
  reservationStates.requireMove(from, to);
  return sql(
    name,
    `UPDATE reservations FORCE INDEX (PRIMARY) SET status = '${to}', version = version + 1
      WHERE id = :id AND status = '${from}' ${and}`,
  );
}
const CONFIRM = move("reservations.confirm", "PENDING", "CONFIRMED", "AND expires_at > NOW(6)");
const CANCEL = move("reservations.cancel", "PENDING", "CANCELLED");
const EXPIRE = move("reservations.expire", "PENDING", "EXPIRED", "AND expires_at <= NOW(6)");
const REFUND = move("reservations.refund", "CONFIRMED", "REFUNDED");

const LOCK_OVERDUE = query(
  sql(
    "reservations.lockOverdue",
    `SELECT id FROM reservations
      WHERE status = 'PENDING' AND expires_at <= NOW(6)
      ORDER BY expires_at LIMIT :max FOR UPDATE SKIP LOCKED`,
  ),
  (row) => row.integer("id"),
);

const COUNT_OVERDUE = query(
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
const LOCK_BUYER = sql(
  "reservations.lockSeatsOfBuyer:lock",
  `INSERT INTO seat_allowances (user_id, performance_id, holds)
   VALUES (:userId, :performanceId, 1)
   ON DUPLICATE KEY UPDATE holds = holds + 1`,
);

const SEATS_OF_BUYER = query(
  sql(
    "reservations.lockSeatsOfBuyer:seats",
    `SELECT r.id AS reservationId, r.status,
            (r.status = 'PENDING' AND r.expires_at <= NOW(6)) AS overdue
       FROM reservations r JOIN reservation_seats rs ON rs.reservation_id = r.id AND rs.live = 1
      WHERE r.user_id = :userId AND r.performance_id = :performanceId
        AND r.status IN ('PENDING','CONFIRMED')
      ORDER BY r.id`,
  ),
  (row): BuyerSeat => ({
    reservationId: row.integer("reservationId"),
    status: row.oneOf("status", ["PENDING", "CONFIRMED"]),
    overdue: row.flag("overdue"),
  }),
);

const PENDING_OF_QUEUE = query(
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
     SELECT r.id, r.user_id AS userId, r.performance_id AS performanceId, c.queue_id AS queueId,
            p.starts_at AS performanceStartsAt, r.status, r.amount, r.expires_at AS expiresAt,
            r.created_at AS createdAt, r.version,
            (r.status = 'PENDING' AND r.expires_at <= NOW(6)) AS overdue
       FROM reservations r
       JOIN performances p ON p.id = r.performance_id
       JOIN concerts c ON c.id = p.concert_id`;
const NEWEST_FIRST = "ORDER BY r.created_at DESC, r.id DESC LIMIT :limit";
const FIND = query(sql("reservations.find", `${SELECT} WHERE r.id = :id`), presentReservation);
const OF_USER = query(
  sql("reservations.ofUser", `${SELECT} WHERE r.user_id = :userId ${NEWEST_FIRST}`),
  presentReservation,
);
const OF_USER_BEFORE = query(
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
const LIST = query(
  sql("reservations.list", `${SELECT} WHERE ${SELECTED} ${HIGHEST_ID_FIRST}`),
  presentReservation,
);
const LIST_OVERDUE = query(
  sql(
    "reservations.list:overdue",
    `${along("reservations_overdue")} WHERE ${OVERDUE} AND ${SELECTED} ${HIGHEST_ID_FIRST}`,
  ),
  presentReservation,
);
const LIST_OF_USER = query(
  sql(
    "reservations.list:user",
    `${along("reservations_user")}
      WHERE r.user_id = :userId AND ${SELECTED} AND (:isAnyTime OR (${OVERDUE}))
      ${HIGHEST_ID_FIRST}`,
  ),
  presentReservation,
);
const SEATS = query(
  sql(
    "reservations.seats",
    `SELECT rs.reservation_id AS reservationId, rs.seat_id AS seatId, s.seat_no AS seatNo, rs.price
       FROM reservation_seats rs JOIN seats s ON s.id = rs.seat_id
      WHERE rs.reservation_id IN (:ids) ORDER BY rs.seat_id`,
  ),
  (row) => ({
    reservationId: row.integer("reservationId"),
    seat: {
      seatId: row.integer("seatId"),
      seatNo: row.text("seatNo"),
      price: row.integer("price"),
    },
  }),
);

/** All statements of the reservation store. */
export const RESERVATION_STATEMENTS: readonly Sql[] = [
  INSERT,
  INSERT_SEATS,
  CONFIRM,
  CANCEL,
  EXPIRE,
  REFUND,
  LOCK_OVERDUE,
  COUNT_OVERDUE,
  LOCK_BUYER,
  SEATS_OF_BUYER,
  PENDING_OF_QUEUE,
  FIND,
  OF_USER,
  OF_USER_BEFORE,
  LIST,
  LIST_OVERDUE,
  LIST_OF_USER,
  SEATS,
];

type PlainReservation = Omit<Reservation, "seats">;

/** Stores reservations with their seats. */
export function sqlReservationStore(db: Database): ReservationStore {
  async function read(
    tx: TxOrNone,
    statement: SqlQuery<PlainReservation>,
    values: SqlValues,
  ): Promise<Reservation[]> {
    const reservations = await db.select(tx, statement, values);
    if (reservations.length === 0) return [];
    const ids = reservations.map(({ id }) => id);
    const seats = await db.select(tx, SEATS, { ids });
    const seatsById = Map.groupBy(seats, ({ reservationId }) => reservationId);
    return reservations.map((reservation) => {
      const own = seatsById.get(reservation.id) ?? [];
      return { ...reservation, seats: own.map(({ seat }) => seat) };
    });
  }

  return {
    async insert(tx, reservation) {
      const { id, userId, performanceId, amount, expiresAt, seats } = reservation;
      await db.change(tx, INSERT, { id, userId, performanceId, amount, expiresAt });
      const rows = seats.map((seat) => [id, seat.seatId, seat.price, seat.seatVersion, 1]);
      await db.change(tx, INSERT_SEATS, { rows });
    },
    find: async (tx, id) => (await read(tx, FIND, { id }))[0],
    confirm: async (tx, id) => (await db.change(tx, CONFIRM, { id })) === 1,
    cancel: async (tx, id) => (await db.change(tx, CANCEL, { id })) === 1,
    expire: async (tx, id) => (await db.change(tx, EXPIRE, { id })) === 1,
    refund: async (tx, id) => (await db.change(tx, REFUND, { id })) === 1,
    lockOverdue: (tx, max) => db.select(tx, LOCK_OVERDUE, { max }),

    async countOverdue(tx, overdueMs) {
      const overdueUs = Math.round(overdueMs * 1000);
      const [count = 0] = await db.select(tx, COUNT_OVERDUE, { overdueUs });
      return count;
    },
    async lockSeatsOfBuyer(tx, userId, performanceId) {
      await db.change(tx, LOCK_BUYER, { userId, performanceId });
      return db.select(tx, SEATS_OF_BUYER, { userId, performanceId });
    },
    pendingOfQueue: (tx, userId, queueId, max) =>
      db.select(tx, PENDING_OF_QUEUE, { userId, queueId, max }),
    list(tx, selection, { beforeId = Number.MAX_SAFE_INTEGER, limit }) {
      const { userId, performanceId, status, isOverdue } = selection;
      const values = {
        ...{ beforeId, limit, isAnyStatus: status === undefined, status: status ?? "PENDING" },
        ...{ isAnyPerformance: performanceId === undefined, performanceId: performanceId ?? 0 },
      };
      if (userId !== undefined) {
        return read(tx, LIST_OF_USER, { ...values, userId, isAnyTime: !isOverdue });
      }
      return read(tx, isOverdue ? LIST_OVERDUE : LIST, values);
    },
    ofUser(tx, userId, { beforeId, limit }) {
      if (beforeId === undefined) return read(tx, OF_USER, { userId, limit });
      return read(tx, OF_USER_BEFORE, { userId, limit, beforeId });
    },
  };
}

function presentReservation(row: AnswerRow): PlainReservation {
  return {
    id: row.integer("id"),
    userId: row.integer("userId"),
    performanceId: row.integer("performanceId"),
    queueId: row.text("queueId"),
    performanceStartsAt: row.date("performanceStartsAt"),
    status: row.oneOf("status", reservationStates.states),
    amount: row.integer("amount"),
    expiresAt: row.date("expiresAt"),
    createdAt: row.date("createdAt"),
    version: row.integer("version"),
    overdue: row.flag("overdue"),
  };
}
