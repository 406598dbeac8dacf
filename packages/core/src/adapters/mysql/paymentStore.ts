import type { PaymentStatus, PaymentStore } from "../../ports/paymentStore.ts";
import { orUndefined, toInteger } from "./convert.ts";
import type { Database } from "./database.ts";

const INSERT = `
  INSERT INTO payments (id, reservation_id, user_id, amount, status)
  VALUES (:id, :reservationId, :userId, :amount, 'CAPTURED')`;
const FIND = `
  SELECT id, reservation_id AS reservationId, user_id AS userId, amount, status, version,
         captured_at AS capturedAt, refunded_at AS refundedAt
    FROM payments WHERE id = :id`;
const REFUND = `
  UPDATE payments SET status = 'REFUNDED', version = version + 1, refunded_at = NOW(6)
   WHERE id = :id AND status = 'CAPTURED'`;

interface Row {
  id: number;
  reservationId: number;
  userId: number;
  amount: number;
  status: PaymentStatus;
  version: number;
  capturedAt: Date;
  refundedAt: Date | null;
}

export function mysqlPaymentStore(db: Database): PaymentStore {
  return {
    async insert(tx, payment) {
      await db.change(tx, INSERT, { ...payment });
    },
    async find(tx, id) {
      const [row] = await db.select<Row>(tx, FIND, { id });
      if (!row) return undefined;
      return { ...row, amount: toInteger(row.amount), refundedAt: orUndefined(row.refundedAt) };
    },
    refund: async (tx, id) => (await db.change(tx, REFUND, { id })) === 1,
  };
}
