/**
 * A promoter records its batch within milliseconds; after this its admissions are handed to the
 * next one.
 */
export const PROMOTION_OVERDUE_US = 1_000_000;
/** Admissions that may be out without a row in the database: four batches of the largest size. */
export const PROMOTIONS_UNRECORDED_MAX = 2000;
/** The admission rate looks back this far. */
export const RATE_WINDOW_US = 60_000_000;
