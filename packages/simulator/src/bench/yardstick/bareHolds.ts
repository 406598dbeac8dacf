import type { Connection, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import { SEAT_PRICE } from "../benchStage.ts";
import type { BarePool, BareTransaction } from "./barePool.ts";
import { INSERT_ROWS_MAX, insertMessages } from "./bareRows.ts";

const HOLD_SEAT = /* sql */ `
  UPDATE seats SET status = 'HELD', reservation_id = ?, version = version + 1,
    hold_expires_at = NOW(6) + INTERVAL 3600 SECOND
  WHERE id = ? AND (status = 'AVAILABLE' OR (status = 'HELD' AND hold_expires_at < NOW(6)))`;
const INSERT_RESERVATION = /* sql */ `
  INSERT INTO reservations (id, user_id, performance_id, status, amount, expires_at)
  VALUES (?, ?, ?, 'PENDING', ?, NOW(6) + INTERVAL 3600 SECOND)`;
const INSERT_SEAT = /* sql */ `
  INSERT INTO reservation_seats (reservation_id, seat_id, price, seat_version, live)
  VALUES (?, ?, ?, 1, 1)`;
const INSERT_CONCERT = /* sql */ `
  INSERT INTO concerts (title, singer, queue_id) VALUES ('Benchmark', 'The Baselines', 'bare')`;
const INSERT_PERFORMANCE = /* sql */ `
  INSERT INTO performances (concert_id, starts_at, venue)
  VALUES (?, NOW(6) + INTERVAL 1 DAY, 'Bench')`;
const INSERT_SEATS = "INSERT INTO seats (performance_id, seat_no, section, price) VALUES ?";
const SEAT_IDS = "SELECT id FROM seats WHERE performance_id = ? ORDER BY id";

/** Unused seats of the bare loop. */
export interface BareSeats {
  readonly performanceId: number;
  readonly seatIds: readonly number[];
}

/** Adds a performance with unused seats to the database of the bare loop. */
export function addBareSeats(pool: BarePool, count: number): Promise<BareSeats> {
  return pool.prepare(async (connection) => {
    const performanceId = await insertPerformance(connection);
    for (let from = 0; from < count; from += INSERT_ROWS_MAX) {
      const size = Math.min(INSERT_ROWS_MAX, count - from);
      const rows = Array.from({ length: size }, (_, index) => {
        return [performanceId, `A-${from + index + 1}`, "A", SEAT_PRICE];
      });
      await connection.query(INSERT_SEATS, [rows]);
    }
    type SeatId = RowDataPacket & { id: number };
    const [rows] = await connection.query<SeatId[]>(SEAT_IDS, [performanceId]);
    return { performanceId, seatIds: rows.map(({ id }) => id) };
  });
}

async function insertPerformance(connection: Connection): Promise<number> {
  const [concert] = await connection.query<ResultSetHeader>(INSERT_CONCERT);
  const [performance] = await connection.query<ResultSetHeader>(INSERT_PERFORMANCE, [
    concert.insertId,
  ]);
  return performance.insertId;
}

export interface BareHoldOptions {
  readonly performanceId: number;
  /** The id of reservation 0, and of its buyer. No other round uses the ids of this round. */
  readonly firstId: number;
  /** The seat of hold `index`. */
  readonly seatOf: (index: number) => number;
  readonly newMessageId: () => string;
}

/** One hold: the seat, the reservation, its link to the seat and the outbox message. */
export function bareHold(options: BareHoldOptions): BareTransaction {
  const { performanceId, firstId, seatOf, newMessageId } = options;
  return async (connection, index) => {
    const id = firstId + index;
    const seatId = seatOf(index);
    const [held] = await connection.execute<ResultSetHeader>(HOLD_SEAT, [id, seatId]);
    if (held.affectedRows !== 1) return { refused: "SEAT_TAKEN" };
    await connection.execute(INSERT_RESERVATION, [id, id, performanceId, SEAT_PRICE]);
    await connection.execute(INSERT_SEAT, [id, seatId, SEAT_PRICE]);
    const facts = { reservationId: id, userId: id, performanceId, amount: SEAT_PRICE };
    await insertMessages(connection, [
      {
        ...{ messageId: newMessageId(), aggregate: "reservation", id, version: 1 },
        ...{ type: "reservation.held", payload: { ...facts, seatIds: [seatId] } },
      },
    ]);
    return "accepted";
  };
}
