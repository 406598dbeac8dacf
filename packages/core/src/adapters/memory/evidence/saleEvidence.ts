import type { Evidence } from "../../../ports/evidenceStore.ts";
import { SALE_RULES } from "../../evidence/evidenceRules.ts";
import { searchedRules } from "../../evidence/findings.ts";
import type {
  PaymentRow,
  ReservationRow,
  ReservationSeatRow,
  SeatTableRow,
} from "../database/rows.ts";
import type { Statement } from "../database/statement.ts";
import { keyOf, type Tables } from "../database/tables.ts";
import { askRules, indexBy, type Searches } from "./askRules.ts";

interface SoldSeat {
  readonly seat: SeatTableRow;
  readonly reservation: ReservationRow | undefined;
  /** Whether the reservation is of this seat. */
  readonly isClaimed: boolean;
}

interface ConfirmedClaim {
  readonly claim: ReservationSeatRow;
  readonly seat: SeatTableRow | undefined;
}

interface SaleView {
  readonly soldSeats: readonly SoldSeat[];
  readonly confirmedClaims: readonly ConfirmedClaim[];
  readonly reservations: readonly ReservationRow[];
  readonly payments: readonly PaymentRow[];
  readonly paymentByReservation: ReadonlyMap<number, PaymentRow>;
  readonly reservationById: ReadonlyMap<number, ReservationRow>;
}

const SEARCHES: Searches<keyof typeof SALE_RULES, SaleView> = {
  *soldToNobody({ soldSeats }) {
    for (const { seat, reservation, isClaimed } of soldSeats) {
      if (reservation?.status === "CONFIRMED" && isClaimed) continue;
      yield {
        seatId: seat.id,
        reservationId: seat.reservationId,
        reservationStatus: reservation?.status ?? null,
      };
    }
  },
  *confirmedUnsold({ confirmedClaims }) {
    for (const { claim, seat } of confirmedClaims) {
      if (seat?.status === "SOLD" && seat.reservationId === claim.reservationId) continue;
      yield {
        reservationId: claim.reservationId,
        seatId: claim.seatId,
        seatStatus: seat?.status ?? null,
        seatReservationId: seat?.reservationId ?? null,
      };
    }
  },
  *confirmedUnpaid({ reservations, paymentByReservation }) {
    for (const { id, status } of reservations) {
      if (status !== "CONFIRMED") continue;
      const payment = paymentByReservation.get(id);
      if (payment?.status === "CAPTURED") continue;
      yield {
        reservationId: id,
        paymentId: payment?.id ?? null,
        paymentStatus: payment?.status ?? null,
      };
    }
  },
  *paidUnconfirmed({ payments, reservationById }) {
    for (const { id, status, reservationId } of payments) {
      if (status !== "CAPTURED") continue;
      const reservation = reservationById.get(reservationId);
      if (reservation?.status === "CONFIRMED") continue;
      yield { paymentId: id, reservationId, reservationStatus: reservation?.status ?? null };
    }
  },
  *refunded({ reservations, paymentByReservation }) {
    for (const { id, status } of reservations) {
      const payment = paymentByReservation.get(id);
      if ((status === "REFUNDED") === (payment?.status === "REFUNDED")) continue;
      yield {
        reservationId: id,
        reservationStatus: status,
        paymentId: payment?.id ?? null,
        paymentStatus: payment?.status ?? null,
      };
    }
  },
};

const RULES = searchedRules(SALE_RULES, SEARCHES);

/** I2. */
export function saleEvidence(s: Statement, tables: Tables): Evidence {
  const reservations = s.all(tables.reservations);
  const payments = s.all(tables.payments);
  const reservationById = indexBy(reservations, (row) => row.id);
  const soldSeats: SoldSeat[] = [];
  for (const seat of s.all(tables.seats)) {
    if (seat.status !== "SOLD") continue;
    const id = seat.reservationId;
    const reservation = id === null ? undefined : reservationById.get(id);
    const isClaimed =
      id !== null && s.find(tables.reservationSeats, keyOf(id, seat.id)) !== undefined;
    soldSeats.push({ seat, reservation, isClaimed });
  }
  const confirmedClaims: ConfirmedClaim[] = [];
  for (const claim of s.all(tables.reservationSeats)) {
    if (reservationById.get(claim.reservationId)?.status !== "CONFIRMED") continue;
    confirmedClaims.push({ claim, seat: s.find(tables.seats, claim.seatId) });
  }
  const view = {
    soldSeats,
    confirmedClaims,
    reservations,
    payments,
    // A unique key of the schema: one payment for a reservation.
    paymentByReservation: indexBy(payments, (row) => row.reservationId),
    reservationById,
  };
  const decided = reservations.filter(
    ({ status }) => status === "CONFIRMED" || status === "REFUNDED",
  );
  return askRules(RULES, view, soldSeats.length + decided.length + payments.length);
}
