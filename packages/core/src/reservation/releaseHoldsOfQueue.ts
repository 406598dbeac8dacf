import type { CoreContext } from "../ports/coreContext.ts";
import { cancelReservation } from "./cancelReservation.ts";
import { ReservationStateError } from "./errors.ts";

/** More holds than any buyer has. If a buyer had more, the rest would end at their expiry. */
const HOLDS_MAX = 50;

/**
 * After a buyer has left a queue, cancels the buyer's unpaid holds for concerts of this queue, each
 * in its own transaction. When a hold is paid or ends at the same time, this call does not change
 * it. A second call changes nothing.
 * @returns the ids of the reservations that this call cancelled
 */
export async function releaseHoldsOfQueue(
  core: CoreContext,
  { queueId, userId }: { queueId: string; userId: number },
): Promise<readonly number[]> {
  const pending = await core.reservations.pendingOfQueue(null, userId, queueId, HOLDS_MAX);
  const released: number[] = [];
  for (const reservationId of pending) {
    try {
      await cancelReservation(core, { userId, reservationId });
      released.push(reservationId);
    } catch (error) {
      if (!(error instanceof ReservationStateError)) throw error;
    }
  }
  return released;
}
