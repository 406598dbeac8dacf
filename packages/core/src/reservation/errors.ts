import { CoreError } from "../shared/errors.ts";

/** At least one of the seats does not exist. */
export class SeatNotFoundError extends CoreError {
  readonly code = "SEAT_NOT_FOUND";
  constructor(seatIds: readonly number[]) {
    super("The seat does not exist; load the available seats again", { seatIds });
  }
}

/**
 * A seat is held. This is normal under load, so it is logged at level info and needs no alarm. When
 * the caller holds one of the seats, the error names that reservation, and never another buyer's.
 */
export class SeatAlreadyHeldError extends CoreError {
  readonly code = "SEAT_ALREADY_HELD";
  readonly ownReservationId: number | undefined;
  constructor(seatIds: readonly number[], ownReservationId?: number) {
    const isOwn = ownReservationId !== undefined;
    super(
      isOwn
        ? `You hold a seat of this request in reservation ${ownReservationId}; pay or cancel it, ` +
            "or leave its seats out"
        : "A seat is held by another buyer; choose another",
      { seatIds, ...(isOwn ? { reservationId: ownReservationId } : {}) },
    );
    this.ownReservationId = ownReservationId;
  }
}

/** At least one of the seats is sold. The error names the caller's own reservation of a seat. */
export class SeatAlreadySoldError extends CoreError {
  readonly code = "SEAT_ALREADY_SOLD";
  constructor(seatIds: readonly number[], ownReservationId?: number) {
    const isOwn = ownReservationId !== undefined;
    super(
      isOwn
        ? `You have paid for a seat of this request with reservation ${ownReservationId}; choose ` +
            "another"
        : "A seat is sold; choose another",
      { seatIds, ...(isOwn ? { reservationId: ownReservationId } : {}) },
    );
  }
}

/** The box office keeps a seat back. */
export class SeatBlockedError extends CoreError {
  readonly code = "SEAT_BLOCKED";
  constructor(seatIds: readonly number[]) {
    super("A seat is not for sale; choose another", { seatIds });
  }
}

/** A seat is for guests who need an accessible one, and the request does not ask for such seats. */
export class AccessibleSeatError extends CoreError {
  readonly code = "SEAT_ACCESSIBLE_ONLY";
  constructor(seatIds: readonly number[]) {
    super("A seat is kept for guests who need an accessible one; ask for it, or choose another", {
      seatIds,
    });
  }
}

/** The seats do not all belong to one performance. */
export class SeatsOfSeveralPerformancesError extends CoreError {
  readonly code = "SEATS_OF_SEVERAL_PERFORMANCES";
  constructor(seatIds: readonly number[]) {
    super("All seats of a reservation must belong to one performance; split the request", {
      seatIds,
    });
  }
}

/** The request names no seat, one seat twice, or more seats than one reservation may hold. */
export class SeatCountError extends CoreError {
  readonly code = "SEAT_COUNT_INVALID";
  constructor(seatsMax: number, given: number) {
    super(`A reservation must have 1 to ${seatsMax} different seats`, { seatsMax, given });
  }
}

/** The request would give the buyer more seats of one performance than allowed. */
export class SeatLimitReachedError extends CoreError {
  readonly code = "SEAT_LIMIT_REACHED";
  constructor(given: {
    readonly seatsMax: number;
    /** Number of seats in the buyer's unpaid holds. */
    readonly seatsHeld: number;
    readonly seatsPaid: number;
    readonly seatsRequested: number;
  }) {
    const { seatsMax, seatsHeld, seatsPaid, seatsRequested } = given;
    const left = Math.max(0, seatsMax - seatsHeld - seatsPaid);
    const advice =
      left > 0
        ? `choose ${left} or fewer`
        : seatsHeld > 0
          ? "pay or cancel a hold first"
          : "refund a payment first";
    super(
      `A buyer may have ${seatsMax} seats of a performance. You hold ${seatsHeld}, paid for ` +
        `${seatsPaid} and asked for ${seatsRequested} more; ${advice}`,
      { ...given },
    );
  }
}

/** The performance has begun. */
export class PerformanceStartedError extends CoreError {
  readonly code = "PERFORMANCE_STARTED";
  constructor(performanceId: number) {
    super("The performance has begun", { performanceId });
  }
}

/** The sale of the performance has not begun. */
export class SaleNotOpenError extends CoreError {
  readonly code = "SALE_NOT_OPEN";
  constructor(performanceId: number, saleOpensAt: Date | undefined) {
    super("The sale of this performance has not begun", { performanceId, saleOpensAt });
  }
}

/** The sale of the performance has ended. */
export class SaleClosedError extends CoreError {
  readonly code = "SALE_CLOSED";
  constructor(performanceId: number, saleClosesAt: Date | undefined) {
    super("The sale of this performance has ended", { performanceId, saleClosesAt });
  }
}

/** The reservation does not exist. */
export class ReservationNotFoundError extends CoreError {
  readonly code = "RESERVATION_NOT_FOUND";
  constructor(reservationId: number) {
    super("The reservation does not exist", { reservationId });
  }
}

/** The reservation belongs to another buyer. */
export class ReservationNotYoursError extends CoreError {
  readonly code = "RESERVATION_NOT_YOURS";
  constructor(reservationId: number) {
    super("The reservation belongs to another buyer", { reservationId });
  }
}

/** The hold has expired; its seats are for sale again. */
export class HoldExpiredError extends CoreError {
  readonly code = "HOLD_EXPIRED";
  constructor(reservationId: number) {
    super("The hold has expired and its seats are for sale again; choose seats again", {
      reservationId,
    });
  }
}

/** The hold has its latest possible end: it cannot be extended any further. */
export class HoldExtensionLimitError extends CoreError {
  readonly code = "HOLD_EXTENSION_LIMIT";
  constructor(reservationId: number, latestExpiresAt: Date) {
    super("The hold cannot be extended any further; pay before it expires", {
      reservationId,
      latestExpiresAt,
    });
  }
}

/** The reservation's state does not allow this step. */
export class ReservationStateError extends CoreError {
  readonly code = "RESERVATION_STATE_CONFLICT";
  readonly reservationStatus: string;
  constructor(reservationId: number, reservationStatus: string) {
    super(`The reservation is ${reservationStatus}; this step is not possible`, {
      ...{ reservationId, reservationStatus },
    });
    this.reservationStatus = reservationStatus;
  }
}

/** Another transaction changed the reservation between this call's read and its write. */
export class ReservationChangedError extends CoreError {
  readonly code = "RESERVATION_CHANGED";
  override readonly retryable = true;
  constructor(reservationId: number) {
    super("The reservation was changed at this moment; read its seats and price again", {
      reservationId,
    });
  }
}

/** A seat to give back is not one of the reservation's seats. */
export class SeatNotInReservationError extends CoreError {
  readonly code = "SEAT_NOT_IN_RESERVATION";
  constructor(reservationId: number, seats: readonly (number | string)[]) {
    super("The reservation does not have these seats; name seats that it still has", {
      reservationId,
      seats,
    });
  }
}

/** An operator wants to release a reservation that is paid. */
export class ReservationPaidError extends CoreError {
  readonly code = "RESERVATION_PAID";
  constructor(reservationId: number, paymentId: number | undefined) {
    super(
      `The reservation is paid; refund its payment${paymentId ? ` ${paymentId}` : ""} instead`,
      { reservationId, paymentId },
    );
  }
}

/**
 * Another request is holding one of these seats at this moment: of another buyer, or an earlier one
 * of the same buyer in another process. It is not decided yet who gets the seat.
 */
export class SeatContendedError extends CoreError {
  readonly code = "SEAT_CONTENDED";
  override readonly retryable = true;
  constructor(seatIds: readonly number[]) {
    super("Another request is trying to hold this seat; choose another, or try again", {
      seatIds,
    });
  }
}
