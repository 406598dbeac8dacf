/**
 * A promoter records its batch within milliseconds. After this time, the next promoter gets the
 * admissions that are still unrecorded.
 */
export const PROMOTION_OVERDUE_US = 1_000_000;
/** Most admissions without a row in MySQL: four batches of the largest size. */
export const PROMOTIONS_UNRECORDED_MAX = 2000;
/** The length of the window in which the admission rate is counted. */
export const RATE_WINDOW_US = 60_000_000;
