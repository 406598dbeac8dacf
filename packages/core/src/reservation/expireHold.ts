import { appendMessages } from "../outbox/appendMessages.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { factsOf, reservationEvent } from "./reservationEvent.ts";

/**
 * Ends one overdue hold within a transaction that its caller runs: the reaper, or a buyer who takes
 * over one of its seats. Seats that somebody took over meanwhile are left alone by their version.
 * @returns false when the hold had ended before
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
