/** The highest seed: every stream of chance takes it whole, as a 32-bit integer with a sign. */
export const SEED_MAX = 2 ** 31 - 1;
