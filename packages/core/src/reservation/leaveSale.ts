import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { type LeaveQueueInput, leaveQueue } from "../queue/leaveQueue.ts";
import { verifyQueueToken } from "../queue/verifyQueueToken.ts";
import { cancelInside } from "./cancelReservation.ts";
import { ReservationStateError } from "./errors.ts";

/** Maximum number of holds to cancel: more than any buyer has. Others would end at their expiry. */
const HOLDS_MAX = 50;

/**
 * Ends the buyer's place in a queue, and cancels the buyer's unpaid holds for concerts of this
 * queue, each in its own transaction. When a hold is paid or ends at the same time, this call does
 * not change it. A second call changes nothing. The token of an earlier place changes nothing when
 * the buyer has, or had, a later place.
 *
 * The holds are read before the place ends. The buyer can take a later place only after that, so no
 * hold of a later place can be among them.
 * @returns the ids of the reservations that this call cancelled
 * @throws the errors of `leaveQueue`
 */
export async function leaveSale(
  core: CoreContext,
  input: LeaveQueueInput,
): Promise<readonly number[]> {
  const { queueId, userId, token } = input;
  const holds = await core.reservations.pendingOfQueue(null, userId, queueId, HOLDS_MAX);
  const left = await leaveQueue(core, input);
  if (left === "NEWER" || holds.length === 0) return [];
  if (left === "NONE" && token !== undefined && (await isOfEarlierPlace(core, token))) return [];
  return cancelHolds(core, userId, holds);
}

/** Returns true when the buyer was admitted with a later place, which the holds may belong to. */
function isOfEarlierPlace(core: CoreContext, token: string): Promise<boolean> {
  const claims = verifyQueueToken(core, token);
  return core.admissions.wasAdmittedLater(null, claims.queueId, claims);
}

/**
 * Cancels unpaid holds, each in its own transaction.
 * @param fence called at the start of each transaction; an error that it throws ends the call
 * @returns the ids of those that were still unpaid
 */
export async function cancelHolds(
  core: CoreContext,
  userId: number,
  reservationIds: readonly number[],
  fence?: (tx: Tx) => Promise<void>,
): Promise<readonly number[]> {
  const cancelled: number[] = [];
  for (const reservationId of reservationIds) {
    try {
      await core.withTransaction(async (tx) => {
        await fence?.(tx);
        await cancelInside(core, tx, { userId, reservationId });
      });
      cancelled.push(reservationId);
    } catch (error) {
      if (!(error instanceof ReservationStateError)) throw error;
    }
  }
  return cancelled;
}
