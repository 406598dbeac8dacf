import { CoreError } from "../shared/errors.ts";

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
