import type { CoreContext } from "../ports/coreContext.ts";
import type { Reservation } from "../ports/reservationStore.ts";
import { ReservationNotFoundError } from "./errors.ts";

/**
 * Finds a reservation of this buyer. For another buyer's reservation, the error is the same as for
 * an unknown one.
 * @throws ReservationNotFoundError
 */
export async function findReservation(
  core: CoreContext,
  { userId, reservationId }: { userId: number; reservationId: number },
): Promise<Reservation> {
  const reservation = await core.reservations.find(null, reservationId);
  if (!reservation || reservation.userId !== userId) {
    throw new ReservationNotFoundError(reservationId);
  }
  return reservation;
}

/** Returns a page of a buyer's reservations, newest first. */
export function reservationsOf(
  core: CoreContext,
  input: { userId: number; beforeId?: number | undefined; limit: number },
): Promise<readonly Reservation[]> {
  return core.reservations.ofUser(null, input.userId, input);
}
