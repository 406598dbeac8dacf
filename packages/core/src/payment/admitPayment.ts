import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import { admitActive } from "../queue/admitActive.ts";
import { QueueTokenExpiredError, QueueTokenNotActiveError } from "../queue/errors.ts";
import { ReservationNotFoundError } from "../reservation/errors.ts";
import { findReservation } from "../reservation/findReservation.ts";
import { DependencyUnavailableError } from "../shared/errors.ts";

/**
 * Decides whether a buyer may pay. The buyer may pay until the hold expires, even when the
 * admission has ended. A repeated payment needs no admission, because the first payment ended it. A
 * caller who has neither an admission nor this reservation is refused.
 * @param claims of a verified queue token
 * @throws the errors of `admitActive`
 */
export async function admitPayment(
  core: CoreContext,
  claims: QueueTokenClaims,
  reservationId: number,
): Promise<QueueTokenClaims> {
  try {
    return await admitActive(core, claims);
  } catch (error) {
    // A buyer with a hold can pay even while Redis does not answer.
    const admissionIsUnproven =
      error instanceof QueueTokenExpiredError ||
      error instanceof QueueTokenNotActiveError ||
      error instanceof DependencyUnavailableError;
    if (!admissionIsUnproven) throw error;
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
