/**
 * A promoter records its batch within milliseconds. After this time without a record in MySQL,
 * Redis returns the batch to the next promoter.
 */
export const PROMOTION_OVERDUE_US = 1_000_000;
/** Promotion stops while this many admissions are unrecorded: four batches of the largest size. */
export const PROMOTIONS_UNRECORDED_MAX = 2000;
/** The length of the window in which the admission rate is counted. */
export const RATE_WINDOW_US = 60_000_000;
/**
 * A missed place stays in Redis until its sequence is this old. Then no buyer can return to it,
 * because no advised pause is nearly as long. The time limits the memory of a queue that is in use
 * for weeks.
 */
export const MISSED_KEPT_US = 7 * 24 * 60 * 60 * 1_000_000;
/** The length of the window in which the latest admissions are counted. */
export const LATEST_WINDOW_US = 10_000_000;
