/**
 * Ids that exist before their rows do, so that after a connection lost at COMMIT one can look
 * whether the row is there. Unique and growing; with gaps, since each process takes them in
 * blocks.
 */
export interface IdAllocator {
  next(kind: "reservation" | "payment"): Promise<number>;
}
