import { CoreError } from "../shared/errors.ts";
import type { Points } from "../shared/points.ts";

/** The balance does not cover the price. */
export class InsufficientPointsError extends CoreError {
  readonly code = "INSUFFICIENT_POINTS";
  constructor(required: Points, balance: Points) {
    super("The balance does not cover the price; charge points first", { required, balance });
  }
}

/** The balance would exceed `POINTS_MAX`. */
export class BalanceLimitError extends CoreError {
  readonly code = "BALANCE_LIMIT";
  constructor(limit: Points) {
    super("The balance would exceed its limit; charge fewer points", { limit });
  }
}
