import { CoreError, InvalidInputError } from "../shared/errors.ts";

/** No such concert. */
export class ConcertNotFoundError extends CoreError {
  readonly code = "CONCERT_NOT_FOUND";
  constructor(concertId: number) {
    super("There is no such concert", { concertId });
  }
}

/** No such performance. */
export class PerformanceNotFoundError extends CoreError {
  readonly code = "PERFORMANCE_NOT_FOUND";
  constructor(performanceId: number) {
    super("There is no such performance", { performanceId });
  }
}

/** Two seats of one performance have numbers that the database does not tell apart. */
export class TwinSeatsError extends InvalidInputError {
  constructor(options?: ErrorOptions) {
    super(
      "Two seats of one performance have the same number; case, accents and spaces at the end" +
        " may not count, so let them differ in a letter or a digit",
      {},
      options,
    );
  }
}
