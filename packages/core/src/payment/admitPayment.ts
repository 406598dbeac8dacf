import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import { admitActive } from "../queue/admitActive.ts";
import { QueueTokenExpiredError, QueueTokenNotActiveError } from "../queue/errors.ts";
import { verifyQueueToken } from "../queue/verifyQueueToken.ts";
import { ReservationNotFoundError } from "../reservation/errors.ts";
import { findReservation } from "../reservation/findReservation.ts";
import { DependencyUnavailableError } from "../shared/errors.ts";

/**
 * Admits a buyer to pay. A hold is made during an admission and expires by its own clock: the buyer
 * may pay until the hold expires, even if the admission ended first. A repeated payment needs no
 * admission either, because the first payment ended it. A caller without an admission and without
 * an own reservation is refused as everywhere.
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
    // Redis not answering is no reason either to let a hold run out.
    const admissionIsUnproven =
      error instanceof QueueTokenExpiredError ||
      error instanceof QueueTokenNotActiveError ||
      error instanceof DependencyUnavailableError;
    if (!admissionIsUnproven) throw error;
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
