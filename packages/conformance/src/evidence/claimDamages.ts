import { CLAIM_RULES, HOLD_RULES, SALE_RULES } from "@onsale/core/testing";
import type { Damage, Damager } from "./damage.ts";
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

/** A seat of the confirmed reservation, and one that nobody ever wanted. */
const SOLD_SEAT = 2;
const FREE_SEAT = 7;
const HELD_SEAT = 1;

/** One more claim on the sold seat, made just now. */
function claimSoldSeat({ copy, nowUs }: Damager, status: "PENDING" | "CANCELLED"): void {
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

const OF_CLAIMS: readonly Damage[] = [
  {
    breaks: "I1",
    what: "two live claims on one seat",
    foundBy: CLAIM_RULES.liveTwice,
    inflict: (damager) => claimSoldSeat(damager, "PENDING"),
  },
  {
    breaks: "I1",
    what: "two claims that overlapped in the past",
    foundBy: CLAIM_RULES.givenAwayEarly,
    inflict: (damager) => claimSoldSeat(damager, "CANCELLED"),
  },
  {
    breaks: "I1",
    what: "a takeover before the earlier hold was over",
    foundBy: CLAIM_RULES.givenAwayEarly,
    inflict: ({ update, nowUs }) =>
      update("reservations", { userId: BOB }, { expiresAtUs: nowUs - SECOND_US }),
  },
  {
    breaks: "I1",
    what: "a live claim of a reservation that has ended",
    foundBy: CLAIM_RULES.liveFlag,
    inflict: ({ update }) => update("reservationSeats", { reservationId: CANCELLED }, { live: 1 }),
  },
  {
    breaks: "I1",
    what: "a held seat whose reservation has ended",
    foundBy: CLAIM_RULES.seatStatus,
    inflict: ({ update }) => update("seats", { id: HELD_SEAT }, { reservationId: CANCELLED }),
  },
  {
    breaks: "I1",
    what: "a claim without its live flag",
    foundBy: CLAIM_RULES.seatWithoutClaim,
    inflict: ({ update }) => update("reservationSeats", { reservationId: PENDING }, { live: null }),
  },
  {
    breaks: "I1",
    what: "a seat for sale that somebody has",
    foundBy: CLAIM_RULES.claimWithoutSeat,
    inflict: ({ update }) =>
      update("seats", { id: HELD_SEAT }, { status: "AVAILABLE", reservationId: null }),
  },
  {
    breaks: "I1",
    what: "a reservation without seats",
    foundBy: CLAIM_RULES.noSeat,
    inflict: ({ remove }) => remove("reservationSeats", { reservationId: PENDING }),
  },
  {
    breaks: "I1",
    what: "a seat of another performance",
    foundBy: CLAIM_RULES.otherPerformance,
    inflict: ({ update }) => update("reservations", { id: PENDING }, { performanceId: 999 }),
  },
  {
    breaks: "I1",
    what: "a hold that ends at two times",
    foundBy: CLAIM_RULES.twoEnds,
    inflict: ({ update, nowUs }) =>
      update("seats", { id: HELD_SEAT }, { holdExpiresAtUs: nowUs + 4 * MINUTE_US + 1_001 }),
  },
  {
    breaks: "I1",
    what: "a hold whose seat knows no end",
    foundBy: CLAIM_RULES.twoEnds,
    inflict: ({ update }) => update("seats", { id: HELD_SEAT }, { holdExpiresAtUs: null }),
  },
];

const OF_SALES: readonly Damage[] = [
  {
    breaks: "I2",
    what: "a sold seat of nobody",
    foundBy: SALE_RULES.soldToNobody,
    inflict: ({ update }) => update("seats", { id: FREE_SEAT }, { status: "SOLD" }),
  },
  {
    breaks: "I2",
    what: "a sold seat that its reservation lacks",
    foundBy: SALE_RULES.soldToNobody,
    inflict: ({ update }) =>
      update("seats", { id: FREE_SEAT }, { status: "SOLD", reservationId: CONFIRMED }),
  },
  {
    breaks: "I2",
    what: "a confirmed reservation whose seat is for sale",
    foundBy: SALE_RULES.confirmedUnsold,
    inflict: ({ update }) =>
      update("seats", { id: SOLD_SEAT }, { status: "AVAILABLE", reservationId: null }),
  },
  {
    breaks: "I2",
    what: "a confirmed reservation without a payment",
    foundBy: SALE_RULES.confirmedUnpaid,
    inflict: ({ remove }) => remove("payments", { id: CAPTURED }),
  },
  {
    breaks: "I2",
    what: "a payment for a reservation that was cancelled",
    foundBy: SALE_RULES.paidUnconfirmed,
    inflict: ({ update }) => update("reservations", { id: CONFIRMED }, { status: "CANCELLED" }),
  },
  {
    breaks: "I2",
    what: "a refund that the reservation does not know",
    foundBy: SALE_RULES.refunded,
    inflict: ({ update, nowUs: refundedAtUs }) =>
      update("payments", { id: CAPTURED }, { status: "REFUNDED", version: 2, refundedAtUs }),
  },
];

const OF_HOLDS: readonly Damage[] = [
  {
    breaks: "I9",
    what: "a hold that nobody ended",
    foundBy: HOLD_RULES.pendingOverdue,
    inflict: ({ update, nowUs }) =>
      update("reservations", { id: PENDING }, { expiresAtUs: nowUs - 2 * HOUR_US }),
  },
  {
    breaks: "I9",
    what: "a seat that stays held after its hold",
    foundBy: HOLD_RULES.heldOverdue,
    inflict: ({ update, nowUs }) =>
      update("seats", { id: HELD_SEAT }, { holdExpiresAtUs: nowUs - 2 * HOUR_US }),
  },
  {
    breaks: "I9",
    what: "a reservation that was confirmed after its hold",
    foundBy: HOLD_RULES.confirmedLate,
    inflict: ({ update, nowUs }) =>
      update("reservations", { id: CONFIRMED }, { expiresAtUs: nowUs - HOUR_US }),
  },
  {
    breaks: "I9",
    what: "a payment, refunded since, that came after its hold",
    foundBy: HOLD_RULES.capturedLate,
    inflict: ({ update, nowUs }) =>
      update(
        "payments",
        { id: PAID_BACK },
        { capturedAtUs: nowUs - 35 * MINUTE_US + 10 * SECOND_US + 1_000 },
      ),
  },
  {
    breaks: "I9",
    what: "a hold that was ended too early",
    foundBy: HOLD_RULES.expiredEarly,
    inflict: ({ update }) =>
      update("reservations", { id: PENDING }, { status: "EXPIRED", version: 2 }),
  },
];

/** Damage to seats, reservations and the ends of holds. */
export const CLAIM_DAMAGES: readonly Damage[] = [...OF_CLAIMS, ...OF_SALES, ...OF_HOLDS];
