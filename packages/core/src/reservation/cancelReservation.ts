import assert from "node:assert/strict";
import { appendMessages } from "../outbox/appendMessages.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { ReservationStateError } from "./errors.ts";
import { factsOf, reservationEvent } from "./reservationEvent.ts";
import { reservationToChange } from "./reservationToChange.ts";

/**
 * Gives up a hold; its seats are for sale again at once. Cancelling twice is harmless.
 * @throws ReservationNotFoundError, ReservationNotYoursError, ReservationStateError
 */
export async function cancelReservation(
  core: CoreContext,
  { userId, reservationId }: { userId: number; reservationId: number },
): Promise<void> {
  await core.withTransaction(async (tx) => {
    const reservation = await reservationToChange(core, tx, { userId, reservationId });
    if (!(await core.reservations.cancel(tx, reservationId))) {
      const now = await core.reservations.find(tx, reservationId);
      const status = now?.status ?? reservation.status;
      if (status === "CANCELLED") return;
      throw new ReservationStateError(reservationId, status);
    }
    const released = await core.seats.release(tx, reservationId, "HELD");
    // Seats of an overdue hold may have gone to another buyer, whose hold would have ended this
    // one.
    assert.equal(released, reservation.seats.length, "a pending reservation has all of its seats");
    await appendMessages(core, tx, [
      reservationEvent("reservation.cancelled", reservation.version + 1, factsOf(reservation)),
    ]);
  });
}
