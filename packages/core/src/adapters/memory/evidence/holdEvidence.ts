import type { Evidence } from "../../../ports/evidenceStore.ts";
import { CAPTURE_SLACK_MS } from "../../evidence/evidenceOptions.ts";
import { HOLD_RULES } from "../../evidence/evidenceRules.ts";
import { searchedRules } from "../../evidence/findings.ts";
import type { PaymentRow, ReservationRow, SeatTableRow } from "../database/rows.ts";
import type { Statement } from "../database/statement.ts";
import type { Tables } from "../database/tables.ts";
import { dateOf, toUs } from "../times.ts";
import { askRules, type Searches } from "./askRules.ts";

interface RefundedPayment {
  readonly payment: PaymentRow;
  readonly reservation: ReservationRow;
}

interface HoldView {
  /** What ended before is overdue. */
  readonly boundUs: number;
  readonly reservations: readonly ReservationRow[];
  readonly seats: readonly SeatTableRow[];
  /** Those of reservations that are refunded. */
  readonly refundedPayments: readonly RefundedPayment[];
}

const CAPTURE_SLACK_US = toUs(CAPTURE_SLACK_MS);

const SEARCHES: Searches<keyof typeof HOLD_RULES, HoldView> = {
  *pendingOverdue({ reservations, boundUs }) {
    for (const { id, status, expiresAtUs } of reservations) {
      if (status !== "PENDING" || expiresAtUs >= boundUs) continue;
      yield { reservationId: id, expiresAt: dateOf(expiresAtUs) };
    }
  },
  *heldOverdue({ seats, boundUs }) {
    for (const { id, status, reservationId, holdExpiresAtUs } of seats) {
      if (status !== "HELD" || holdExpiresAtUs === null || holdExpiresAtUs >= boundUs) continue;
      yield { seatId: id, reservationId, holdExpiresAt: dateOf(holdExpiresAtUs) };
    }
  },
  *confirmedLate({ reservations }) {
    for (const { id, status, expiresAtUs, updatedAtUs } of reservations) {
      if (status !== "CONFIRMED" || updatedAtUs <= expiresAtUs) continue;
      yield {
        reservationId: id,
        expiresAt: dateOf(expiresAtUs),
        confirmedAt: dateOf(updatedAtUs),
      };
    }
  },
  *capturedLate({ refundedPayments }) {
    for (const { payment, reservation } of refundedPayments) {
      if (payment.capturedAtUs <= reservation.expiresAtUs + CAPTURE_SLACK_US) continue;
      yield {
        paymentId: payment.id,
        reservationId: reservation.id,
        expiresAt: dateOf(reservation.expiresAtUs),
        capturedAt: dateOf(payment.capturedAtUs),
      };
    }
  },
  *expiredEarly({ reservations }) {
    for (const { id, status, expiresAtUs, updatedAtUs } of reservations) {
      if (status !== "EXPIRED" || updatedAtUs >= expiresAtUs) continue;
      yield { reservationId: id, expiresAt: dateOf(expiresAtUs), expiredAt: dateOf(updatedAtUs) };
    }
  },
};

const RULES = searchedRules(HOLD_RULES, SEARCHES);

/** I9. */
export function holdEvidence(s: Statement, tables: Tables, boundMs: number): Evidence {
  const reservations = s.all(tables.reservations);
  const refundedPayments: RefundedPayment[] = [];
  for (const payment of s.all(tables.payments)) {
    const reservation = s.find(tables.reservations, payment.reservationId);
    if (reservation?.status === "REFUNDED") refundedPayments.push({ payment, reservation });
  }
  const view = {
    boundUs: s.nowUs - toUs(boundMs),
    reservations,
    seats: s.all(tables.seats),
    refundedPayments,
  };
  return askRules(RULES, view, reservations.length);
}
