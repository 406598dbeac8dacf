import { CoreError } from "../shared/errors.ts";

/** No such seat; or, with several, at least one of them. */
export class SeatNotFoundError extends CoreError {
  readonly code = "SEAT_NOT_FOUND";
  constructor(seatIds: readonly number[]) {
    super("There is no such seat; ask for the available seats again", { seatIds });
  }
}

/** Another buyer holds a seat. Expected under load: log at info, never page. */
export class SeatAlreadyHeldError extends CoreError {
  readonly code = "SEAT_ALREADY_HELD";
  constructor(seatIds: readonly number[]) {
    super("A seat is held by another buyer; choose another", { seatIds });
  }
}

/** A seat is sold. */
export class SeatAlreadySoldError extends CoreError {
  readonly code = "SEAT_ALREADY_SOLD";
  constructor(seatIds: readonly number[]) {
    super("A seat is sold; choose another", { seatIds });
  }
}

/** The seats do not all belong to one performance. */
export class SeatsOfSeveralPerformancesError extends CoreError {
  readonly code = "SEATS_OF_SEVERAL_PERFORMANCES";
  constructor(seatIds: readonly number[]) {
    super("One reservation holds seats of one performance; split the request", { seatIds });
  }
}

/** More seats than one reservation may hold, or one twice, or none. */
export class SeatCountError extends CoreError {
  readonly code = "SEAT_COUNT_INVALID";
  constructor(seatsMax: number, given: number) {
    super(`A reservation holds 1 to ${seatsMax} different seats`, { seatsMax, given });
  }
}

/** The buyer would have more seats of one performance than a buyer may have. */
export class SeatLimitReachedError extends CoreError {
  readonly code = "SEAT_LIMIT_REACHED";
  constructor(given: {
    readonly seatsMax: number;
    /** Seats of the buyer's unpaid holds. */
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

/** No such reservation. */
export class ReservationNotFoundError extends CoreError {
  readonly code = "RESERVATION_NOT_FOUND";
  constructor(reservationId: number) {
    super("There is no such reservation", { reservationId });
  }
}

/** The reservation is another buyer's. */
export class ReservationNotYoursError extends CoreError {
  readonly code = "RESERVATION_NOT_YOURS";
  constructor(reservationId: number) {
    super("The reservation is not yours", { reservationId });
  }
}

/** The hold is over; its seats are for sale again. */
export class HoldExpiredError extends CoreError {
  readonly code = "HOLD_EXPIRED";
  constructor(reservationId: number) {
    super("The hold is over and its seats are for sale again; choose seats anew", {
      reservationId,
    });
  }
}

/** The reservation's state does not allow this step. */
export class ReservationStateError extends CoreError {
  readonly code = "RESERVATION_STATE_CONFLICT";
  constructor(reservationId: number, status: string) {
    super(`The reservation is ${status}; this step is not possible`, { reservationId, status });
  }
}

/**
 * Another buyer is at one of these seats at this moment; who gets it is not decided yet. Sheds the
 * crowd at a hot seat before it reaches the database.
 */
export class SeatContendedError extends CoreError {
  readonly code = "SEAT_CONTENDED";
  override readonly retryable = true;
  constructor(seatIds: readonly number[]) {
    super("Another buyer is at this seat right now; choose another, or try again", { seatIds });
  }
}
