import { CoreError } from "../shared/errors.ts";
import type { Points } from "../shared/points.ts";

/** The balance does not cover the price. */
export class InsufficientPointsError extends CoreError {
  readonly code = "INSUFFICIENT_POINTS";
  /** @param message by default the message to a buyer */
  constructor(
    required: Points,
    balance: Points,
    message = "The balance does not cover the price; charge points first",
  ) {
    super(message, { required, balance });
  }
}

/** The balance would exceed `POINTS_MAX`. */
export class BalanceLimitError extends CoreError {
  readonly code = "BALANCE_LIMIT";
  constructor(limit: Points) {
    super("The balance would exceed its limit; charge fewer points", { limit });
  }
}
