/**
 * The highest seed. A seed is a signed 32-bit integer, because the random generators use all bits
 * of it.
 */
export const SEED_MAX = 2 ** 31 - 1;
