import type { PaymentStore } from "../../ports/paymentStore.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import type { PaymentRow } from "./database/rows.ts";
import { dateOf, dateOrNone } from "./times.ts";

/** Payments in memory. */
export function memoryPaymentStore(db: MemoryDb): PaymentStore {
  const { payments } = db.tables;
  return {
    async insert(tx, { id, reservationId, userId, amount }) {
      await db.run(tx, "payments.insert", (s) =>
        s.insert(payments, {
          id,
          reservationId,
          userId,
          amount,
          status: "CAPTURED",
          version: 1,
          capturedAtUs: s.nowUs,
          refundedAtUs: null,
        }),
      );
    },

    async find(tx, id) {
      const row = await db.run(tx, "payments.find", (s) => s.find(payments, id));
      if (!row) return undefined;
      const { capturedAtUs, refundedAtUs, ...payment } = row;
      return {
        ...payment,
        capturedAt: dateOf(capturedAtUs),
        refundedAt: dateOrNone(refundedAtUs),
      };
    },

    async refund(tx, id) {
      const refunded = await db.run(tx, "payments.refund", (s) =>
        s.update<PaymentRow>(
          payments,
          payments.of([id]),
          ({ status }) => status === "CAPTURED",
          (row) => ({
            ...row,
            status: "REFUNDED",
            version: row.version + 1,
            refundedAtUs: s.nowUs,
          }),
        ),
      );
      return refunded === 1;
    },
  };
}
