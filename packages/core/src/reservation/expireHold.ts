import { appendMessages } from "../outbox/appendMessages.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { factsOf, reservationEvent } from "./reservationEvent.ts";

/**
 * Ends one overdue hold within the caller's transaction. The caller is the reaper, or the hold of a
 * buyer who takes over one of the seats. A seat that was taken over has a newer version, so this
 * call does not change it.
 * @returns false when the hold has already ended
 */
export async function expireHold(
  core: CoreContext,
  tx: Tx,
  reservationId: number,
): Promise<boolean> {
  if (!(await core.reservations.expire(tx, reservationId))) return false;
  await core.seats.release(tx, reservationId, "HELD");
  const reservation = await core.reservations.find(tx, reservationId);
  if (!reservation) return false;
  await appendMessages(core, tx, [
    reservationEvent("reservation.expired", reservation.version, factsOf(reservation)),
  ]);
  return true;
}
