import type { SeatRow, SeatStatus, SeatStore, TakenSeat } from "../../ports/seatStore.ts";
import { seatStates } from "../../reservation/seatStates.ts";
import { orUndefined, toInteger } from "./convert.ts";
import type { Database } from "./database.ts";

/**
 * Decides every race for a seat (traps 2 and 16): whoever makes this statement count has the seat.
 * NOW(3), because JavaScript holds milliseconds and the reservation must expire at the same
 * instant.
 */
const HOLD = `
  UPDATE seats
     SET status = 'HELD', reservation_id = :reservationId, version = version + 1,
         hold_expires_at = NOW(3) + INTERVAL :holdUs MICROSECOND
   WHERE id IN (:seatIds)
     AND (status = 'AVAILABLE' OR (status = 'HELD' AND hold_expires_at < NOW(6)))`;

const TAKEN = `
  SELECT s.id, s.seat_no AS seatNo, s.price, s.performance_id AS performanceId,
         c.queue_id AS queueId, p.starts_at AS startsAt, s.version,
         s.hold_expires_at AS holdExpiresAt, rs.reservation_id AS supersededId
    FROM seats s
    JOIN performances p ON p.id = s.performance_id
    JOIN concerts c ON c.id = p.concert_id
    LEFT JOIN reservation_seats rs ON rs.seat_id = s.id AND rs.live = 1
   WHERE s.id IN (:seatIds)
   ORDER BY s.id`;

/** STRAIGHT_JOIN drives from the reservation's own rows, so that seats are locked in id order. */
const CONFIRM = `
  UPDATE reservation_seats rs STRAIGHT_JOIN seats s ON s.id = rs.seat_id
     SET s.status = 'SOLD', s.hold_expires_at = NULL
   WHERE rs.reservation_id = :reservationId AND rs.live = 1
     AND s.reservation_id = :reservationId AND s.status = 'HELD' AND s.version = rs.seat_version`;

const RELEASE = `
  UPDATE reservation_seats rs STRAIGHT_JOIN seats s ON s.id = rs.seat_id
     SET s.status = 'AVAILABLE', s.reservation_id = NULL, s.hold_expires_at = NULL,
         s.version = s.version + 1
   WHERE rs.reservation_id = :reservationId AND rs.live = 1
     AND s.reservation_id = :reservationId AND s.status = :from AND s.version = rs.seat_version`;

const END_LIVE_LINKS = `
  UPDATE reservation_seats SET live = NULL WHERE reservation_id = :reservationId AND live = 1`;

const COLUMNS = `id, performance_id AS performanceId, seat_no AS seatNo, price, status,
  reservation_id AS reservationId, hold_expires_at AS holdExpiresAt, version`;
const FIND = `SELECT ${COLUMNS} FROM seats WHERE id IN (:seatIds) ORDER BY id`;
const OF_PERFORMANCE = `
  SELECT ${COLUMNS} FROM seats WHERE performance_id = :performanceId ORDER BY id`;

interface TakenRow {
  id: number;
  seatNo: string;
  price: number;
  performanceId: number;
  queueId: string;
  startsAt: Date;
  version: number;
  holdExpiresAt: Date;
  supersededId: number | null;
}

interface PlainRow {
  id: number;
  performanceId: number;
  seatNo: string;
  price: number;
  status: SeatStatus;
  reservationId: number | null;
  holdExpiresAt: Date | null;
  version: number;
}

export function mysqlSeatStore(db: Database): SeatStore {
  return {
    hold(tx, seatIds, reservationId, holdMs) {
      return db.change(tx, HOLD, { seatIds, reservationId, holdUs: holdMs * 1000 });
    },
    async taken(tx, seatIds) {
      const rows = await db.select<TakenRow>(tx, TAKEN, { seatIds });
      return rows.map(presentTaken);
    },
    confirm: (tx, reservationId) => db.change(tx, CONFIRM, { reservationId }),
    async release(tx, reservationId, from) {
      seatStates.requireMove(from, "AVAILABLE");
      const released = await db.change(tx, RELEASE, { reservationId, from });
      await db.change(tx, END_LIVE_LINKS, { reservationId });
      return released;
    },
    async find(tx, seatIds) {
      return (await db.select<PlainRow>(tx, FIND, { seatIds })).map(presentSeat);
    },
    async ofPerformance(tx, performanceId) {
      return (await db.select<PlainRow>(tx, OF_PERFORMANCE, { performanceId })).map(presentSeat);
    },
  };
}

function presentTaken(row: TakenRow): TakenSeat {
  return {
    id: toInteger(row.id),
    seatNo: row.seatNo,
    price: toInteger(row.price),
    performanceId: toInteger(row.performanceId),
    queueId: row.queueId,
    performanceStartsAt: row.startsAt,
    version: row.version,
    holdExpiresAt: row.holdExpiresAt,
    supersededReservationId: row.supersededId === null ? undefined : toInteger(row.supersededId),
  };
}

function presentSeat(row: PlainRow): SeatRow {
  return {
    ...row,
    price: toInteger(row.price),
    reservationId: orUndefined(row.reservationId),
    holdExpiresAt: orUndefined(row.holdExpiresAt),
  };
}
