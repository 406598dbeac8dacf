import type { Checker } from "./checker.ts";
import { violationLog } from "./violations.ts";

/**
 * I2: three sets are equal: the sold seats, the seats of confirmed reservations, and the seats of
 * captured payments. The checker compares pairs of seat and reservation, not counts. A seat that a
 * partial refund gave back is in none of the three.
 */
export const SALE_RULES = {
  soldToNone: "the seat is sold, and the reservation that it names is not confirmed or lacks it",
  confirmedUnsold: "the reservation is confirmed, and its seat is not sold to it",
  confirmedUnpaid: "the reservation is confirmed without a captured payment",
  paidUnconfirmed: "the payment is captured for a reservation that is not confirmed",
  refunded: "reservation and payment disagree on whether it was refunded",
} as const;

/** Checks I2. */
export function checkSoldSeatsArePaid(): Checker {
  const log = violationLog(SALE_RULES);
  let rowsRead = 0;
  return {
    takeSeat({ seatId, seat, links }) {
      for (const { status, reservationId, releasedAtUs } of links) {
        const isSoldToIt = seat?.status === "SOLD" && seat.reservationId === reservationId;
        if (status !== "CONFIRMED" || releasedAtUs !== null || isSoldToIt) continue;
        const seatStatus = seat?.status ?? null;
        const seatReservationId = seat?.reservationId ?? null;
        log.add("confirmedUnsold", { reservationId, seatId, seatStatus, seatReservationId });
      }
      if (seat?.status !== "SOLD") return;
      rowsRead += 1;
      const { reservationId, reservationStatus } = seat;
      const isLinked = links.some(
        (link) => link.reservationId === reservationId && link.releasedAtUs === null,
      );
      if (reservationStatus === "CONFIRMED" && isLinked) return;
      log.add("soldToNone", { seatId, reservationId, reservationStatus });
    },
    takeReservation({ reservationId, reservation, payment }) {
      const reservationStatus = reservation?.status ?? null;
      const paymentStatus = payment?.status ?? null;
      const paymentId = payment?.id ?? null;
      const ids = { reservationId, reservationStatus, paymentId, paymentStatus };
      const isConfirmed = reservationStatus === "CONFIRMED";
      const isRefunded = reservationStatus === "REFUNDED";
      const isCaptured = paymentStatus === "CAPTURED";
      if (isConfirmed || isRefunded) rowsRead += 1;
      if (payment) rowsRead += 1;
      if (isConfirmed && !isCaptured) log.add("confirmedUnpaid", ids);
      if (isCaptured && !isConfirmed) log.add("paidUnconfirmed", ids);
      if (reservation && isRefunded !== (paymentStatus === "REFUNDED")) log.add("refunded", ids);
    },
    result: () => log.result(rowsRead),
  };
}
