/**
 * The seat locks of one server, which all processes share. Each lock names its owner by a token,
 * so that an owner whose lock expired does not release the lock of the next owner.
 */
export interface LockTable {
  /**
   * Locks all seats or none.
   * @returns "lost" when the server did not answer; it may have locked the seats
   */
  take(seatIds: readonly number[], token: string): Promise<"taken" | "refused" | "lost">;
  /** Releases those seats that the token still owns. Never rejects. */
  giveBack(seatIds: readonly number[], token: string): Promise<void>;
}

/** Calls a listener with the seats that any process released. A message may be lost. */
export type ListenForReleases = (listener: (seatIds: readonly number[]) => void) => void;
