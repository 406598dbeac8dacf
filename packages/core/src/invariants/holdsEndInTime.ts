import type { CheckContext, Checker } from "./checker.ts";
import { dateOf, violationLog } from "./violations.ts";

/**
 * I9: no hold is overdue for longer than the bound, and no hold is confirmed after its expiry. The
 * time of the confirmation is `updated_at` of a CONFIRMED reservation: the same clock gives this
 * time and decides whether the hold has expired. A refund, of the whole or of a part, overwrites
 * `updated_at`, so the checker then uses the time of the payment. A later statement of the same
 * transaction wrote the payment, so the rule allows it to be late by `CAPTURE_SLACK_US`.
 */
export const HOLD_RULES = {
  pendingOverdue: "the hold is over and the reservation still pending, beyond the stated bound",
  heldOverdue: "the hold is over and the seat still held, beyond the stated bound",
  confirmedLate: "the reservation was confirmed after its hold was over",
  capturedLate: "the payment was captured after the hold was over",
  expiredEarly: "the reservation is expired before its hold was over",
} as const;

/**
 * More time than any transaction needs from the confirmation to the row of the payment, also while
 * the database answers each of its statements seconds late.
 */
const CAPTURE_SLACK_US = 60_000_000;

/** Checks I9. */
export function checkHoldsEndInTime({ nowUs, holdBoundMs }: CheckContext): Checker {
  const log = violationLog(HOLD_RULES);
  const overdueUs = nowUs - Math.round(holdBoundMs * 1000);
  let rowsRead = 0;
  return {
    takeSeat({ seatId, seat }) {
      if (seat?.status !== "HELD" || seat.holdExpiresAtUs === null) return;
      const { reservationId, holdExpiresAtUs } = seat;
      if (holdExpiresAtUs >= overdueUs) return;
      log.add("heldOverdue", { seatId, reservationId, holdExpiresAt: dateOf(holdExpiresAtUs) });
    },
    takeReservation({ reservationId, reservation, seats, payment }) {
      if (!reservation) return;
      rowsRead += 1;
      const { status, expiresAtUs, updatedAtUs } = reservation;
      const ids = { reservationId, expiresAt: dateOf(expiresAtUs) };
      if (status === "PENDING" && expiresAtUs < overdueUs) log.add("pendingOverdue", ids);
      const { version } = reservation;
      const isReduced = seats.some(({ releasedVersion }) => releasedVersion === version);
      if (status === "CONFIRMED" && !isReduced && updatedAtUs > expiresAtUs) {
        log.add("confirmedLate", { ...ids, confirmedAt: dateOf(updatedAtUs) });
      }
      if (status === "EXPIRED" && updatedAtUs < expiresAtUs) {
        log.add("expiredEarly", { ...ids, expiredAt: dateOf(updatedAtUs) });
      }
      const isOverwritten = status === "REFUNDED" || (status === "CONFIRMED" && isReduced);
      if (!isOverwritten || !payment) return;
      const { id: paymentId, capturedAtUs } = payment;
      if (capturedAtUs <= expiresAtUs + CAPTURE_SLACK_US) return;
      log.add("capturedLate", { ...ids, paymentId, capturedAt: dateOf(capturedAtUs) });
    },
    result: () => log.result(rowsRead),
  };
}
