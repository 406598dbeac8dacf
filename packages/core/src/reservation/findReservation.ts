import type { CoreContext } from "../ports/coreContext.ts";
import type { Reservation } from "../ports/reservationStore.ts";
import { ReservationNotFoundError } from "./errors.ts";

/**
 * Finds a reservation of this buyer. The reservation of another buyer counts as unknown.
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

/** A page of a buyer's reservations, newest first. */
export function reservationsOf(
  core: CoreContext,
  input: { userId: number; beforeId?: number | undefined; limit: number },
): Promise<readonly Reservation[]> {
  return core.reservations.ofUser(null, input.userId, input);
}
