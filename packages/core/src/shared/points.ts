import { InvalidInputError } from "./errors.ts";

/** Integer points; one point is the smallest amount. */
export type Points = number;

/**
 * The maximum of any amount or balance, 2^53 - 1. Above it, a JavaScript number cannot represent
 * every integer.
 */
export const POINTS_MAX: Points = Number.MAX_SAFE_INTEGER;

/**
 * The largest charge or price. At a billion points, it keeps every balance far below `POINTS_MAX`.
 */
export const AMOUNT_MAX: Points = 1_000_000_000;

/**
 * Returns the price unchanged. @throws InvalidInputError unless the price is an integer from 0 to
 * `AMOUNT_MAX`
 */
export function requirePrice(price: Points): Points {
  if (!Number.isSafeInteger(price) || price < 0 || price > AMOUNT_MAX) {
    throw new InvalidInputError(`A price must be a whole number from 0 to ${AMOUNT_MAX}`, {
      price,
    });
  }
  return price;
}

/**
 * Returns the amount unchanged. @throws InvalidInputError unless the amount is an integer from 1 to
 * `AMOUNT_MAX`
 */
export function requireAmount(amount: Points): Points {
  if (!Number.isSafeInteger(amount) || amount < 1 || amount > AMOUNT_MAX) {
    throw new InvalidInputError(`An amount must be a whole number from 1 to ${AMOUNT_MAX}`, {
      amount,
    });
  }
  return amount;
}
