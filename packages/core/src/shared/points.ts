import { InvalidInputError } from "./errors.ts";

/** Integer points; one point is the smallest amount. */
export type Points = number;

/** Beyond 2^53 - 1 a double no longer counts by one, so no amount or balance may pass it. */
export const POINTS_MAX: Points = Number.MAX_SAFE_INTEGER;

/** One charge or price: a billion points, so that a balance stays far below `POINTS_MAX`. */
export const AMOUNT_MAX: Points = 1_000_000_000;

/**
 * @throws InvalidInputError unless the amount is an integer from 1 to `AMOUNT_MAX`
 */
export function requireAmount(amount: Points): Points {
  if (!Number.isSafeInteger(amount) || amount < 1 || amount > AMOUNT_MAX) {
    throw new InvalidInputError(`An amount is a whole number from 1 to ${AMOUNT_MAX}`, { amount });
  }
  return amount;
}
