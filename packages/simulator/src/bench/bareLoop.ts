import { randomUUID } from "node:crypto";
import { createPool, type Pool, type PoolConnection, type ResultSetHeader } from "mysql2/promise";
import type { Outcome } from "./keepInFlight.ts";

/**
 * V0: the speed of the database alone, with one transaction for each hold. The loop writes the same
 * rows as the product, but directly through mysql2, without HTTP, queue, lock or checks.
 */
export interface BareLoop {
  hold(seatId: number): Promise<Outcome>;
  close(): Promise<void>;
}

const HOLD_SEAT = /* sql */ `
  UPDATE seats SET status = 'HELD', reservation_id = ?, version = version + 1,
    hold_expires_at = NOW(6) + INTERVAL 300 SECOND
  WHERE id = ? AND (status = 'AVAILABLE' OR (status = 'HELD' AND hold_expires_at < NOW(6)))`;
const INSERT_RESERVATION = /* sql */ `
  INSERT INTO reservations (id, user_id, performance_id, status, amount, expires_at)
  VALUES (?, ?, ?, 'PENDING', ?, NOW(6) + INTERVAL 300 SECOND)`;
const INSERT_SEAT = /* sql */ `
  INSERT INTO reservation_seats (reservation_id, seat_id, price, seat_version, live)
  VALUES (?, ?, ?, 1, 1)`;
const INSERT_MESSAGE = /* sql */ `
  INSERT INTO outbox_messages
    (message_id, aggregate_type, aggregate_id, aggregate_version, type, payload, bucket)
  VALUES (?, 'reservation', ?, 1, 'reservation.held', ?, ?)`;

/**
 * Far above the ids that the product's allocator gives out during a benchmark, so that the ids
 * cannot collide.
 */
const RESERVATION_ID_BASE = 1_000_000_000;

interface BareLoopOptions {
  readonly mysqlUrl: string;
  readonly inFlight: number;
  readonly performanceId: number;
  readonly price: number;
  readonly buckets: number;
}

/** Opens as many connections as there are holds in flight. */
export async function openBareLoop(options: BareLoopOptions): Promise<BareLoop> {
  const pool = createPool({ uri: options.mysqlUrl, connectionLimit: options.inFlight });
  await Promise.all(Array.from({ length: options.inFlight }, () => prepare(pool)));
  let nextId = RESERVATION_ID_BASE;
  return {
    async hold(seatId) {
      nextId += 1;
      return holdOne(pool, options, seatId, nextId);
    },
    close: () => pool.end(),
  };
}

/** Sets READ COMMITTED, because the sessions of the product run at this level. */
async function prepare(pool: Pool): Promise<void> {
  const connection = await pool.getConnection();
  await connection.query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
  connection.release();
}

async function holdOne(
  pool: Pool,
  options: BareLoopOptions,
  seatId: number,
  reservationId: number,
): Promise<Outcome> {
  const connection = await pool.getConnection();
  try {
    await connection.query("BEGIN");
    const [held] = await connection.execute<ResultSetHeader>(HOLD_SEAT, [reservationId, seatId]);
    if (held.affectedRows !== 1) {
      await connection.query("ROLLBACK");
      return { refused: "SEAT_TAKEN" };
    }
    await writeReservation(connection, options, seatId, reservationId);
    await connection.query("COMMIT");
    return "accepted";
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    connection.release();
  }
}

async function writeReservation(
  connection: PoolConnection,
  options: BareLoopOptions,
  seatId: number,
  reservationId: number,
): Promise<void> {
  const { performanceId, price } = options;
  await connection.execute(INSERT_RESERVATION, [reservationId, seatId, performanceId, price]);
  await connection.execute(INSERT_SEAT, [reservationId, seatId, price]);
  const payload = JSON.stringify({ reservationId, seatIds: [seatId], amount: price });
  const bucket = reservationId % options.buckets;
  await connection.execute(INSERT_MESSAGE, [randomUUID(), reservationId, payload, bucket]);
}
