import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import { admitActive } from "../queue/admitActive.ts";
import { QueueTokenExpiredError, QueueTokenNotActiveError } from "../queue/errors.ts";
import { verifyQueueToken } from "../queue/verifyQueueToken.ts";
import { ReservationNotFoundError } from "../reservation/errors.ts";
import { findReservation } from "../reservation/findReservation.ts";
import { DependencyUnavailableError } from "../shared/errors.ts";

/**
 * Lets a buyer in to pay. A hold is made within a turn and lives by its own clock: its buyer may
 * pay it to its end, also when the turn ended first. Nor does a repeat of the payment need the turn
 * that paying used up. Who has no turn and no reservation to show is refused as everywhere.
 * @throws what `admitActive` throws
 */
export async function admitPayment(
  core: CoreContext,
  token: string,
  reservationId: number,
): Promise<QueueTokenClaims> {
  try {
    return await admitActive(core, token);
  } catch (error) {
    // The waiting room's memory being away is no reason either to let a hold run out.
    const turnIsUnproven =
      error instanceof QueueTokenExpiredError ||
      error instanceof QueueTokenNotActiveError ||
      error instanceof DependencyUnavailableError;
    if (!turnIsUnproven) throw error;
    const claims = verifyQueueToken(core, token);
    if (!(await isOwn(core, claims.userId, reservationId))) throw error;
    return claims;
  }
}

async function isOwn(core: CoreContext, userId: number, reservationId: number): Promise<boolean> {
  try {
    await findReservation(core, { userId, reservationId });
    return true;
  } catch (error) {
    if (error instanceof ReservationNotFoundError) return false;
    throw error;
  }
}
