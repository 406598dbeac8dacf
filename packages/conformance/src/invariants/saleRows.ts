import {
  ANN,
  BOB,
  CANCELLED,
  CAPTURED,
  CONFIRMED,
  EXPIRED,
  MINUTE_US,
  PAID_BACK,
  PENDING,
  PERFORMANCE,
  PRICE,
  REFUNDED,
  TAKEN_OVER,
  type TimeAgo,
} from "./historyFacts.ts";
import type { HistoryRow, HistoryRows } from "./historyRows.ts";

const HOLD_US = 5 * MINUTE_US;

type SaleTables = "seats" | "reservations" | "reservationSeats" | "payments";

/** Makes seats that are held, sold, refunded, cancelled and taken over. */
export function saleRows(minutesAgo: TimeAgo): Pick<HistoryRows, SaleTables> {
  const heldUntil = (held: number): number => minutesAgo(held) + HOLD_US;
  return {
    seats: [
      seat(1, { status: "HELD", reservationId: PENDING, holdExpiresAtUs: heldUntil(1) }),
      seat(2, { status: "SOLD", reservationId: CONFIRMED }),
      seat(3),
      seat(4),
      seat(5, { status: "HELD", reservationId: TAKEN_OVER, holdExpiresAtUs: heldUntil(2) }),
      seat(6, { status: "SOLD", reservationId: CONFIRMED }),
      seat(7),
    ],
    reservations: [
      reservation(PENDING, "PENDING", 1, { held: minutesAgo(1) }),
      {
        ...reservation(CONFIRMED, "CONFIRMED", 2, {
          held: minutesAgo(30),
          changed: minutesAgo(29),
        }),
        amount: 2 * PRICE,
      },
      reservation(REFUNDED, "REFUNDED", 3, { held: minutesAgo(40), changed: minutesAgo(20) }),
      reservation(CANCELLED, "CANCELLED", 2, { held: minutesAgo(50), changed: minutesAgo(48) }),
      {
        ...reservation(EXPIRED, "EXPIRED", 2, { held: minutesAgo(15), changed: minutesAgo(2) }),
        userId: BOB,
      },
      reservation(TAKEN_OVER, "PENDING", 1, { held: minutesAgo(2) }),
    ],
    reservationSeats: [
      link(PENDING, 1, 1),
      link(CONFIRMED, 2, 1),
      link(CONFIRMED, 6, 1),
      link(REFUNDED, 3, null),
      link(CANCELLED, 4, null),
      link(EXPIRED, 5, null),
      link(TAKEN_OVER, 5, 1),
    ],
    payments: paymentRows(minutesAgo),
  };
}

function seat(id: number, sale: Partial<HistoryRow["seats"]> = {}): HistoryRow["seats"] {
  return {
    id,
    performanceId: PERFORMANCE,
    seatNo: `A-${id}`,
    section: "A",
    price: PRICE,
    status: "AVAILABLE",
    reservationId: null,
    holdExpiresAtUs: null,
    version: 1,
    rowName: null,
    isAccessible: 0,
    ...sale,
  };
}

function reservation(
  id: number,
  status: HistoryRow["reservations"]["status"],
  version: number,
  { held, changed = held }: { held: number; changed?: number },
): HistoryRow["reservations"] {
  return {
    id,
    userId: ANN,
    performanceId: PERFORMANCE,
    status,
    amount: PRICE,
    expiresAtUs: held + HOLD_US,
    version,
    createdAtUs: held,
    updatedAtUs: changed,
  };
}

function link(
  reservationId: number,
  seatId: number,
  live: 1 | null,
): HistoryRow["reservationSeats"] {
  const released = { releasedVersion: null, releasedAtUs: null };
  return { reservationId, seatId, price: PRICE, seatVersion: 1, live, ...released };
}

function paymentRows(minutesAgo: TimeAgo): HistoryRows["payments"] {
  return [
    {
      id: PAID_BACK,
      reservationId: REFUNDED,
      userId: ANN,
      amount: PRICE,
      partlyRefunded: 0,
      status: "REFUNDED",
      version: 2,
      capturedAtUs: minutesAgo(39),
      refundedAtUs: minutesAgo(20),
    },
    {
      id: CAPTURED,
      reservationId: CONFIRMED,
      userId: ANN,
      amount: 2 * PRICE,
      partlyRefunded: 0,
      status: "CAPTURED",
      version: 1,
      capturedAtUs: minutesAgo(29),
      refundedAtUs: null,
    },
  ];
}
