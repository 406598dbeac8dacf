/**
 * Allocates ids before their rows are written, so that after a connection is lost at COMMIT the row
 * can be looked up. Ids are unique and increase; there are gaps, because each process allocates
 * them in blocks.
 */
export interface IdAllocator {
  next(kind: "reservation" | "payment"): Promise<number>;
}
