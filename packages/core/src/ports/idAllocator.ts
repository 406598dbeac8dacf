/**
 * Allocates ids before their rows are written. So the first statement of a transaction can contain
 * the id, and every attempt of a restarted transaction uses the same id. Ids are unique and
 * increase. There are gaps, because each process allocates ids in blocks.
 */
export interface IdAllocator {
  next(kind: "reservation" | "payment" | "user"): Promise<number>;
}
