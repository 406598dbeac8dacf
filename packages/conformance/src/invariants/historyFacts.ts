/** The buyers. */
export const ANN = 1;
export const BOB = 2;

/** The ids of the reservations. A name says the status of its reservation. */
export const PENDING = 1;
export const CONFIRMED = 2;
export const REFUNDED = 3;
export const CANCELLED = 4;
export const EXPIRED = 5;
/** A reservation that took over the seat of the expired reservation. */
export const TAKEN_OVER = 6;

/** The ids of the payments of these reservations. */
export const PAID_BACK = 1;
export const CAPTURED = 2;

/** The performance of all seats. */
export const PERFORMANCE = 11;

/** The price of a seat. */
export const PRICE = 1_000;

export const SECOND_US = 1_000_000;
export const MINUTE_US = 60 * SECOND_US;
export const HOUR_US = 60 * MINUTE_US;
export const DAY_US = 24 * HOUR_US;

/** Returns the time `minutes` before the end of the history. */
export type TimeAgo = (minutes: number) => number;
