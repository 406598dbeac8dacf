import type { CoreContext } from "../ports/coreContext.ts";
import type { Reservation } from "../ports/reservationStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { ReservationNotFoundError, ReservationNotYoursError } from "./errors.ts";

/**
 * Finds the reservation that its buyer wants to change.
 * @throws ReservationNotFoundError, ReservationNotYoursError
 */
export async function reservationToChange(
  core: CoreContext,
  tx: Tx,
  { userId, reservationId }: { userId: number; reservationId: number },
): Promise<Reservation> {
  const reservation = await core.reservations.find(tx, reservationId);
  if (!reservation) throw new ReservationNotFoundError(reservationId);
  if (reservation.userId !== userId) throw new ReservationNotYoursError(reservationId);
  return reservation;
}
