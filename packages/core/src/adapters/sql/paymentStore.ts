import type { NewPayment, Payment, PaymentStore } from "../../ports/paymentStore.ts";
import type { Tx } from "../../ports/transaction.ts";
import type { AnswerRow } from "./answerRow.ts";
import type { Database } from "./database.ts";
import { gather, insertStep } from "./group/step.ts";
import { presentReservedSeat, RESERVED_SEAT_COLUMNS } from "./reservationStatements.ts";
import { query, type Sql, sql } from "./statement.ts";

const INSERT = sql(
  "payments.insert",
  `INSERT INTO payments (id, reservation_id, user_id, amount, status)
   VALUES :rows`,
);
const STATUSES = ["CAPTURED", "REFUNDED"] as const;
const SELECT = `SELECT id, reservation_id AS reservationId, user_id AS userId, amount,
            partly_refunded AS partlyRefunded, status, version,
            captured_at AS capturedAt, refunded_at AS refundedAt
       FROM payments`;
const FIND = query(sql("payments.find", `${SELECT} WHERE id = :id`), presentPayment);
const FIND_OF_RESERVATION = query(
  sql("payments.findOfReservation", `${SELECT} WHERE reservation_id IN (:reservationIds)`),
  presentPayment,
);
/**
 * From the payment on, each transition of the payment is one of its reservation. So the version of
 * the reservation at the payment follows from both versions, which one statement reads at the same
 * moment. A seat with a later version was given back after the payment. The condition adds, because
 * a difference of unsigned numbers must not be negative.
 */
const PAID_SEATS = query(
  sql(
    "payments.paidSeats",
    `SELECT ${RESERVED_SEAT_COLUMNS}
       FROM payments p
       JOIN reservations r ON r.id = p.reservation_id
       JOIN reservation_seats rs ON rs.reservation_id = r.id
       JOIN seats s ON s.id = rs.seat_id
      WHERE p.id = :id
        AND (rs.released_version IS NULL OR rs.released_version + p.version > r.version + 1)
      ORDER BY rs.seat_id`,
  ),
  presentReservedSeat,
);
const OF_USER = query(
  sql(
    "payments.ofUser",
    `${SELECT}
      WHERE user_id = :userId AND id < :beforeId ORDER BY id DESC LIMIT :limit`,
  ),
  presentPayment,
);
const REFUND = sql(
  "payments.refund",
  `UPDATE payments SET status = 'REFUNDED', version = version + 1, refunded_at = NOW(6)
    WHERE id = :id AND status = 'CAPTURED' AND version = :version`,
);
const REFUND_PART = sql(
  "payments.refundPart",
  `UPDATE payments SET partly_refunded = partly_refunded + :amount, version = version + 1
    WHERE id = :id AND status = 'CAPTURED' AND version = :version
      AND partly_refunded + :amount <= amount`,
);

/** All statements of the payment store. */
export const PAYMENT_STATEMENTS: readonly Sql[] = [
  INSERT,
  FIND,
  FIND_OF_RESERVATION,
  PAID_SEATS,
  OF_USER,
  REFUND,
  REFUND_PART,
];

/** Stores payments and their refunds. */
export function sqlPaymentStore(db: Database): PaymentStore {
  async function insertAll(tx: Tx, payments: readonly NewPayment[]): Promise<void> {
    await db.change(tx, INSERT, {
      rows: payments.map(({ id, reservationId, userId, amount }) => [
        ...[id, reservationId, userId, amount],
        "CAPTURED",
      ]),
    });
  }
  const insert = insertStep("payments.insert", insertAll);

  return {
    insert: (tx, payment) => gather(tx, insert, payment),
    find: async (tx, id) => (await db.select(tx, FIND, { id }))[0],
    findOfReservation: async (tx, reservationId) =>
      (await db.select(tx, FIND_OF_RESERVATION, { reservationIds: [reservationId] }))[0],
    ofReservations: async (tx, reservationIds) =>
      reservationIds.length === 0 ? [] : db.select(tx, FIND_OF_RESERVATION, { reservationIds }),
    paidSeats: (tx, id) => db.select(tx, PAID_SEATS, { id }),
    ofUser: (tx, userId, { beforeId = Number.MAX_SAFE_INTEGER, limit }) =>
      db.select(tx, OF_USER, { userId, beforeId, limit }),
    refund: async (tx, id, version) => (await db.change(tx, REFUND, { id, version })) === 1,
    refundPart: async (tx, id, part) => (await db.change(tx, REFUND_PART, { id, ...part })) === 1,
  };
}

function presentPayment(row: AnswerRow): Payment {
  return {
    id: row.integer("id"),
    reservationId: row.integer("reservationId"),
    userId: row.integer("userId"),
    amount: row.integer("amount"),
    partlyRefunded: row.integer("partlyRefunded"),
    status: row.oneOf("status", STATUSES),
    version: row.integer("version"),
    capturedAt: row.date("capturedAt"),
    refundedAt: row.dateOrNone("refundedAt"),
  };
}
