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
import { askRules, paymentOf, type Searches } from "./askRules.ts";

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
  reservation(id: number): ReservationRow | undefined;
  paymentOf(reservationId: number): PaymentRow | undefined;
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
  *confirmedUnpaid({ reservations, paymentOf }) {
    for (const { id, status } of reservations) {
      if (status !== "CONFIRMED") continue;
      const payment = paymentOf(id);
      if (payment?.status === "CAPTURED") continue;
      yield {
        reservationId: id,
        paymentId: payment?.id ?? null,
        paymentStatus: payment?.status ?? null,
      };
    }
  },
  *paidUnconfirmed({ payments, reservation }) {
    for (const { id, status, reservationId } of payments) {
      if (status !== "CAPTURED") continue;
      const paid = reservation(reservationId);
      if (paid?.status === "CONFIRMED") continue;
      yield { paymentId: id, reservationId, reservationStatus: paid?.status ?? null };
    }
  },
  *refunded({ reservations, paymentOf }) {
    for (const { id, status } of reservations) {
      const payment = paymentOf(id);
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
  const reservationOf = (id: number): ReservationRow | undefined => s.find(tables.reservations, id);
  const soldSeats: SoldSeat[] = [];
  for (const seat of s.all(tables.seats)) {
    if (seat.status !== "SOLD") continue;
    const id = seat.reservationId;
    const reservation = id === null ? undefined : reservationOf(id);
    const isClaimed =
      id !== null && s.find(tables.reservationSeats, keyOf(id, seat.id)) !== undefined;
    soldSeats.push({ seat, reservation, isClaimed });
  }
  const confirmedClaims: ConfirmedClaim[] = [];
  for (const claim of s.all(tables.reservationSeats)) {
    if (reservationOf(claim.reservationId)?.status !== "CONFIRMED") continue;
    confirmedClaims.push({ claim, seat: s.find(tables.seats, claim.seatId) });
  }
  const view = {
    soldSeats,
    confirmedClaims,
    reservations,
    payments,
    reservation: reservationOf,
    paymentOf: (reservationId: number) => paymentOf(s, tables, reservationId),
  };
  const decided = reservations.filter(
    ({ status }) => status === "CONFIRMED" || status === "REFUNDED",
  );
  return askRules(RULES, view, soldSeats.length + decided.length + payments.length);
}
