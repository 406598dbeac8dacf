import type { CoreContext } from "../ports/coreContext.ts";
import { cancelReservation } from "./cancelReservation.ts";
import { ReservationStateError } from "./errors.ts";

/** More holds than any buyer has. Further holds would end at their expiry. */
const HOLDS_MAX = 50;

/**
 * Cancels the buyer's unpaid holds behind a queue that the buyer has left, one transaction each.
 * A hold that is paid or ends at the same time is not changed. A second call changes nothing.
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
