import {
  ANN,
  BOB,
  CAPTURED,
  CONFIRMED,
  PAID_BACK,
  PENDING,
  REFUNDED,
  type TimeAgo,
} from "./historyFacts.ts";
import type { HistoryRow, HistoryRows } from "./historyRows.ts";

/** Makes the ledger of both buyers, and the answers stored under Ann's keys. */
export function pointRows(
  minutesAgo: TimeAgo,
): Pick<HistoryRows, "pointAccounts" | "pointEntries" | "idempotencyRecords"> {
  const entry = (
    id: number,
    kind: HistoryRow["pointEntries"]["kind"],
    amount: number,
    balanceAfter: number,
    more: { made: number; accountVersion: number; userId?: number; reservationId?: number },
  ): HistoryRow["pointEntries"] => ({
    id,
    userId: more.userId ?? ANN,
    kind,
    amount,
    balanceAfter,
    accountVersion: more.accountVersion,
    entryKey: `entry-${id}`,
    reservationId: more.reservationId ?? null,
    adjustAudit: null,
    createdAtUs: minutesAgo(more.made),
  });
  const record = (
    operation: string,
    answer: Readonly<Record<string, number>>,
  ): HistoryRow["idempotencyRecords"] => ({
    userId: ANN,
    operation,
    idempotencyKey: `${operation}-1`,
    fingerprint: "f".repeat(64),
    answer: JSON.stringify(answer),
    createdAtUs: minutesAgo(20),
  });
  const updatedAtUs = minutesAgo(20);
  return {
    pointAccounts: [
      { userId: ANN, balance: 98_000, version: 4, updatedAtUs },
      { userId: BOB, balance: 7_000, version: 1, updatedAtUs },
    ],
    pointEntries: [
      entry(1, "CHARGE", 100_000, 100_000, { made: 60, accountVersion: 1 }),
      entry(2, "CHARGE", 7_000, 7_000, { made: 55, accountVersion: 1, userId: BOB }),
      entry(3, "SPEND", 1_000, 99_000, { made: 39, accountVersion: 2, reservationId: REFUNDED }),
      entry(4, "SPEND", 2_000, 97_000, { made: 29, accountVersion: 3, reservationId: CONFIRMED }),
      entry(5, "REFUND", 1_000, 98_000, { made: 20, accountVersion: 4, reservationId: REFUNDED }),
    ],
    idempotencyRecords: [
      record("charge", { currentPoints: 100_000 }),
      record("reserve", { reservationId: PENDING }),
      record("pay", { reservationId: CONFIRMED, paymentId: CAPTURED }),
      record("refund", { reservationId: REFUNDED, paymentId: PAID_BACK }),
    ],
  };
}
