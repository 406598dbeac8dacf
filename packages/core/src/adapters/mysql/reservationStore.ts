import type {
  BuyerSeat,
  Reservation,
  ReservationStatus,
  ReservationStore,
} from "../../ports/reservationStore.ts";
import type { TxOrNone } from "../../ports/transaction.ts";
import { reservationStates } from "../../reservation/reservationStates.ts";
import { toInteger } from "./convert.ts";
import type { Database, SqlValues } from "./database.ts";

const INSERT = `
  INSERT INTO reservations (id, user_id, performance_id, status, amount, expires_at)
  VALUES (:id, :userId, :performanceId, 'PENDING', :amount, :expiresAt)`;
const INSERT_SEATS = `
  INSERT INTO reservation_seats (reservation_id, seat_id, price, seat_version, live)
  VALUES :rows`;

/**
 * A conditional move along the transition table; its count decides. By the primary key, because
 * with few rows in a state the optimizer may take the index on it, and then waits for rows of
 * others.
 */
function move(from: ReservationStatus, to: ReservationStatus, and = ""): string {
  reservationStates.requireMove(from, to);
  return `
  UPDATE reservations FORCE INDEX (PRIMARY) SET status = '${to}', version = version + 1
   WHERE id = :id AND status = '${from}' ${and}`;
}
const CONFIRM = move("PENDING", "CONFIRMED", "AND expires_at > NOW(6)");
const CANCEL = move("PENDING", "CANCELLED");
const EXPIRE = move("PENDING", "EXPIRED", "AND expires_at <= NOW(6)");
const REFUND = move("CONFIRMED", "REFUNDED");

/** Raw, because Sequelize drops SKIP LOCKED on MySQL (trap 14). */
const LOCK_OVERDUE = `
  SELECT id FROM reservations
   WHERE status = 'PENDING' AND expires_at <= NOW(6)
   ORDER BY expires_at LIMIT :max FOR UPDATE SKIP LOCKED`;

/**
 * Locks the row of this buyer and performance; no other buyer's statement meets it. The row changes
 * each time, because Galera compares changed rows only.
 */
const LOCK_BUYER = `
  INSERT INTO seat_allowances (user_id, performance_id, holds)
  VALUES (:userId, :performanceId, 1)
  ON DUPLICATE KEY UPDATE holds = holds + 1`;

const SEATS_OF_BUYER = `
  SELECT r.id AS reservationId, r.status,
         (r.status = 'PENDING' AND r.expires_at <= NOW(6)) AS overdue
    FROM reservations r JOIN reservation_seats rs ON rs.reservation_id = r.id AND rs.live = 1
   WHERE r.user_id = :userId AND r.performance_id = :performanceId
     AND r.status IN ('PENDING','CONFIRMED')
   ORDER BY r.id`;

const PENDING_OF_QUEUE = `
  SELECT r.id
    FROM reservations r
    JOIN performances p ON p.id = r.performance_id
    JOIN concerts c ON c.id = p.concert_id
   WHERE r.user_id = :userId AND r.status = 'PENDING' AND c.queue_id = :queueId
   ORDER BY r.id LIMIT :max`;

const SELECT = `
  SELECT r.id, r.user_id AS userId, r.performance_id AS performanceId, c.queue_id AS queueId,
         p.starts_at AS performanceStartsAt, r.status, r.amount, r.expires_at AS expiresAt,
         r.created_at AS createdAt, r.version,
         (r.status = 'PENDING' AND r.expires_at <= NOW(6)) AS overdue
    FROM reservations r
    JOIN performances p ON p.id = r.performance_id
    JOIN concerts c ON c.id = p.concert_id`;
const FIND = `${SELECT} WHERE r.id = :id`;
const NEWEST_FIRST = "ORDER BY r.created_at DESC, r.id DESC LIMIT :limit";
const OF_USER = `${SELECT} WHERE r.user_id = :userId ${NEWEST_FIRST}`;
const OF_USER_BEFORE = `${SELECT}
  JOIN reservations mark ON mark.id = :beforeId AND mark.user_id = :userId
 WHERE r.user_id = :userId AND (r.created_at < mark.created_at
        OR (r.created_at = mark.created_at AND r.id < mark.id))
 ${NEWEST_FIRST}`;
const SEATS = `
  SELECT rs.reservation_id AS reservationId, rs.seat_id AS seatId, s.seat_no AS seatNo, rs.price
    FROM reservation_seats rs JOIN seats s ON s.id = rs.seat_id
   WHERE rs.reservation_id IN (:ids) ORDER BY rs.seat_id`;

interface Row {
  id: number;
  userId: number;
  performanceId: number;
  queueId: string;
  performanceStartsAt: Date;
  status: ReservationStatus;
  amount: number;
  expiresAt: Date;
  createdAt: Date;
  version: number;
  overdue: number;
}

interface BuyerSeatRow {
  reservationId: number;
  status: "PENDING" | "CONFIRMED";
  overdue: number;
}

interface SeatOfReservationRow {
  reservationId: number;
  seatId: number;
  seatNo: string;
  price: number;
}

export function mysqlReservationStore(db: Database): ReservationStore {
  async function read(tx: TxOrNone, sql: string, values: SqlValues): Promise<Reservation[]> {
    const rows = await db.select<Row>(tx, sql, values);
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.id);
    const seats = await db.select<SeatOfReservationRow>(tx, SEATS, { ids });
    const seatsById = Map.groupBy(seats, (seat) => seat.reservationId);
    return rows.map((row) => present(row, seatsById.get(row.id) ?? []));
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
    async lockOverdue(tx, max) {
      const rows = await db.select<{ id: number }>(tx, LOCK_OVERDUE, { max });
      return rows.map((row) => toInteger(row.id));
    },
    async lockSeatsOfBuyer(tx, userId, performanceId) {
      await db.change(tx, LOCK_BUYER, { userId, performanceId });
      const rows = await db.select<BuyerSeatRow>(tx, SEATS_OF_BUYER, { userId, performanceId });
      return rows.map(presentBuyerSeat);
    },
    async pendingOfQueue(tx, userId, queueId, max) {
      const values = { userId, queueId, max };
      const rows = await db.select<{ id: number }>(tx, PENDING_OF_QUEUE, values);
      return rows.map((row) => toInteger(row.id));
    },
    ofUser(tx, userId, { beforeId, limit }) {
      if (beforeId === undefined) return read(tx, OF_USER, { userId, limit });
      return read(tx, OF_USER_BEFORE, { userId, limit, beforeId });
    },
  };
}

function presentBuyerSeat({ reservationId, status, overdue }: BuyerSeatRow): BuyerSeat {
  return { reservationId: toInteger(reservationId), status, overdue: overdue === 1 };
}

function present(row: Row, seats: readonly SeatOfReservationRow[]): Reservation {
  return {
    ...row,
    id: toInteger(row.id),
    userId: toInteger(row.userId),
    amount: toInteger(row.amount),
    overdue: row.overdue === 1,
    seats: seats.map(({ seatId, seatNo, price }) => ({
      seatId: toInteger(seatId),
      seatNo,
      price: toInteger(price),
    })),
  };
}
