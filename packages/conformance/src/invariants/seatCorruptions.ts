import { HOLD_RULES, SALE_RULES, SEAT_RULES } from "@onsale/core/testing";
import type { Corruption, HistoryEditor } from "./corruption.ts";
import {
  BOB,
  CANCELLED,
  CAPTURED,
  CONFIRMED,
  HOUR_US,
  MINUTE_US,
  PAID_BACK,
  PENDING,
  SECOND_US,
} from "./historyFacts.ts";

/**
 * The ids of three seats: one of the confirmed reservation, one that was never held, and one that
 * is held.
 */
const SOLD_SEAT = 2;
const FREE_SEAT = 7;
const HELD_SEAT = 1;

/** Adds another reservation of the sold seat, made at the end of the history. */
function linkSoldSeat({ copy, nowUs }: HistoryEditor, status: "PENDING" | "CANCELLED"): void {
  const isPending = status === "PENDING";
  const id = isPending ? 8 : 9;
  copy(
    "reservations",
    { id: CONFIRMED },
    {
      id,
      status,
      version: isPending ? 1 : 2,
      createdAtUs: nowUs - SECOND_US,
      updatedAtUs: nowUs - SECOND_US,
      expiresAtUs: nowUs + HOUR_US,
    },
  );
  const live = isPending ? 1 : null;
  const sold = { seatId: SOLD_SEAT, reservationId: CONFIRMED };
  copy("reservationSeats", sold, { reservationId: id, live });
}

const OF_SEATS: readonly Corruption[] = [
  {
    breaks: "I1",
    what: "two live reservations of one seat",
    foundBy: SEAT_RULES.liveTwice,
    plant: (editor) => linkSoldSeat(editor, "PENDING"),
  },
  {
    breaks: "I1",
    what: "two reservations of one seat that overlapped in the past",
    foundBy: SEAT_RULES.givenAwayEarly,
    plant: (editor) => linkSoldSeat(editor, "CANCELLED"),
  },
  {
    breaks: "I1",
    what: "a takeover before the earlier hold was over",
    foundBy: SEAT_RULES.givenAwayEarly,
    plant: ({ update, nowUs }) =>
      update("reservations", { userId: BOB }, { expiresAtUs: nowUs - SECOND_US }),
  },
  {
    breaks: "I1",
    what: "a live seat link of a reservation that has ended",
    foundBy: SEAT_RULES.liveFlag,
    plant: ({ update }) => update("reservationSeats", { reservationId: CANCELLED }, { live: 1 }),
  },
  {
    breaks: "I1",
    what: "a held seat whose reservation has ended",
    foundBy: SEAT_RULES.seatStatus,
    plant: ({ update }) => update("seats", { id: HELD_SEAT }, { reservationId: CANCELLED }),
  },
  {
    breaks: "I1",
    what: "a seat link without its live flag",
    foundBy: SEAT_RULES.seatWithoutLink,
    plant: ({ update }) => update("reservationSeats", { reservationId: PENDING }, { live: null }),
  },
  {
    breaks: "I1",
    what: "a seat for sale that a live reservation has",
    foundBy: SEAT_RULES.linkWithoutSeat,
    plant: ({ update }) =>
      update("seats", { id: HELD_SEAT }, { status: "AVAILABLE", reservationId: null }),
  },
  {
    breaks: "I1",
    what: "a held seat with another version than its live link",
    foundBy: SEAT_RULES.versions,
    plant: ({ update }) => update("seats", { id: HELD_SEAT }, { version: 2 }),
  },
  {
    breaks: "I1",
    what: "a live link of a sold seat with another version than the seat",
    foundBy: SEAT_RULES.versions,
    plant: ({ update }) => update("reservationSeats", { seatId: SOLD_SEAT }, { seatVersion: 2 }),
  },
  {
    breaks: "I1",
    what: "a reservation without seats",
    foundBy: SEAT_RULES.noSeat,
    plant: ({ remove }) => remove("reservationSeats", { reservationId: PENDING }),
  },
  {
    breaks: "I1",
    what: "a seat of another performance",
    foundBy: SEAT_RULES.otherPerformance,
    plant: ({ update }) => update("reservations", { id: PENDING }, { performanceId: 999 }),
  },
  {
    breaks: "I1",
    what: "a hold that ends at two times",
    foundBy: SEAT_RULES.twoEnds,
    plant: ({ update, nowUs }) =>
      update("seats", { id: HELD_SEAT }, { holdExpiresAtUs: nowUs + 4 * MINUTE_US + 1_001 }),
  },
  {
    breaks: "I1",
    what: "a held seat without the end of its hold",
    foundBy: SEAT_RULES.twoEnds,
    plant: ({ update }) => update("seats", { id: HELD_SEAT }, { holdExpiresAtUs: null }),
  },
];

const OF_SALES: readonly Corruption[] = [
  {
    breaks: "I2",
    what: "a sold seat that names no reservation",
    foundBy: SALE_RULES.soldToNone,
    plant: ({ update }) => update("seats", { id: FREE_SEAT }, { status: "SOLD" }),
  },
  {
    breaks: "I2",
    what: "a sold seat that its reservation lacks",
    foundBy: SALE_RULES.soldToNone,
    plant: ({ update }) =>
      update("seats", { id: FREE_SEAT }, { status: "SOLD", reservationId: CONFIRMED }),
  },
  {
    breaks: "I2",
    what: "a confirmed reservation whose seat is for sale",
    foundBy: SALE_RULES.confirmedUnsold,
    plant: ({ update }) =>
      update("seats", { id: SOLD_SEAT }, { status: "AVAILABLE", reservationId: null }),
  },
  {
    breaks: "I2",
    what: "a confirmed reservation without a payment",
    foundBy: SALE_RULES.confirmedUnpaid,
    plant: ({ remove }) => remove("payments", { id: CAPTURED }),
  },
  {
    breaks: "I2",
    what: "a payment for a reservation that was cancelled",
    foundBy: SALE_RULES.paidUnconfirmed,
    plant: ({ update }) => update("reservations", { id: CONFIRMED }, { status: "CANCELLED" }),
  },
  {
    breaks: "I2",
    what: "a refunded payment of a reservation that is not refunded",
    foundBy: SALE_RULES.refunded,
    plant: ({ update, nowUs: refundedAtUs }) =>
      update("payments", { id: CAPTURED }, { status: "REFUNDED", version: 2, refundedAtUs }),
  },
];

const OF_HOLDS: readonly Corruption[] = [
  {
    breaks: "I9",
    what: "a pending reservation long after its hold",
    foundBy: HOLD_RULES.pendingOverdue,
    plant: ({ update, nowUs }) =>
      update("reservations", { id: PENDING }, { expiresAtUs: nowUs - 2 * HOUR_US }),
  },
  {
    breaks: "I9",
    what: "a seat that stays held after its hold",
    foundBy: HOLD_RULES.heldOverdue,
    plant: ({ update, nowUs }) =>
      update("seats", { id: HELD_SEAT }, { holdExpiresAtUs: nowUs - 2 * HOUR_US }),
  },
  {
    breaks: "I9",
    what: "a reservation that was confirmed after its hold",
    foundBy: HOLD_RULES.confirmedLate,
    plant: ({ update, nowUs }) =>
      update("reservations", { id: CONFIRMED }, { expiresAtUs: nowUs - HOUR_US }),
  },
  {
    breaks: "I9",
    what: "a refunded payment that was captured after its hold",
    foundBy: HOLD_RULES.capturedLate,
    plant: ({ update, nowUs }) =>
      update("payments", { id: PAID_BACK }, { capturedAtUs: nowUs - 34 * MINUTE_US + 1_000 }),
  },
  {
    breaks: "I9",
    what: "a hold that was ended too early",
    foundBy: HOLD_RULES.expiredEarly,
    plant: ({ update }) =>
      update("reservations", { id: PENDING }, { status: "EXPIRED", version: 2 }),
  },
];

/** Corruptions of seats, of reservations, and of the ends of holds. */
export const SEAT_CORRUPTIONS: readonly Corruption[] = [...OF_SEATS, ...OF_SALES, ...OF_HOLDS];
