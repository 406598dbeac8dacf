import {
  ANN,
  CANCELLED,
  CAPTURED,
  CONFIRMED,
  MINUTE_US,
  PAID_BACK,
  PENDING,
  REFUNDED,
  TAKEN_OVER,
} from "./historyFacts.ts";
import type { History, HistoryRows } from "./historyRows.ts";
import { messageRows } from "./messageRows.ts";
import { pointRows } from "./pointRows.ts";
import { queueRows } from "./queueRows.ts";
import { saleRows } from "./saleRows.ts";

/**
 * Makes a sale with every kind of transition and without violations: six reservations, two
 * payments, and a queue whose limits were changed. Every message is applied, and the buyer Ann
 * received an answer to each of her requests.
 * @param nowUs the end of the sale by the database's clock, in whole milliseconds
 */
export function wholeHistory(nowUs: number): History {
  const minutesAgo = (minutes: number): number => nowUs - minutes * MINUTE_US;
  const points = pointRows(minutesAgo);
  const rows: HistoryRows = {
    ...saleRows(minutesAgo),
    ...points,
    ...messageRows(minutesAgo, points.pointEntries),
    ...queueRows(minutesAgo(10)),
  };
  const acknowledged = {
    reservationIds: [PENDING, CONFIRMED, REFUNDED, CANCELLED, TAKEN_OVER],
    paymentIds: [PAID_BACK, CAPTURED],
    chargedByUser: new Map([[ANN, 100_000]]),
  };
  return { nowUs, rows, acknowledged };
}
