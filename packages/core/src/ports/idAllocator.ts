/**
 * Allocates ids before their rows are written, so that a workflow can look its row up after it lost
 * the connection at COMMIT. Ids are unique and increase. There are gaps, because each process
 * allocates ids in blocks.
 */
export interface IdAllocator {
  next(kind: "reservation" | "payment"): Promise<number>;
}
