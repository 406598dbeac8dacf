/**
 * A promoter records its batch within milliseconds; after this its passes are handed to the next
 * one.
 */
export const PASS_OVERDUE_US = 1_000_000;
/** Passes that may be out without a row in the database: four batches of the largest size. */
export const PASSES_UNRECORDED_MAX = 2000;
/** The admission rate looks back this far. */
export const RATE_WINDOW_US = 60_000_000;
