import { CoreError, InvalidInputError } from "../shared/errors.ts";

/** The concert does not exist. */
export class ConcertNotFoundError extends CoreError {
  readonly code = "CONCERT_NOT_FOUND";
  constructor(concertId: number) {
    super("The concert does not exist", { concertId });
  }
}

/** The performance does not exist. */
export class PerformanceNotFoundError extends CoreError {
  readonly code = "PERFORMANCE_NOT_FOUND";
  constructor(performanceId: number) {
    super("The performance does not exist", { performanceId });
  }
}

/** No seat can be sold for a performance that would have started already. */
export class PerformanceInPastError extends CoreError {
  readonly code = "PERFORMANCE_IN_PAST";
  constructor(startsAt: string) {
    super(`A performance cannot start at ${startsAt}, because this time has passed`, { startsAt });
  }
}

/** The database treats the numbers of two seats of one performance as equal. */
export class TwinSeatsError extends InvalidInputError {
  constructor(options?: ErrorOptions) {
    super(
      "Two seats of one performance have the same number; case, accents and spaces at the end" +
        " may not count, so let the numbers differ in a letter or a digit",
      {},
      options,
    );
  }
}
