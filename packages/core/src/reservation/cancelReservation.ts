import assert from "node:assert/strict";
import { appendMessages } from "../outbox/appendMessages.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { ReservationStateError } from "./errors.ts";
import { factsOf, reservationEvent } from "./reservationEvent.ts";
import { reservationToChange } from "./reservationToChange.ts";

/**
 * Cancels a hold. Its seats are for sale again immediately. A second call changes nothing.
 * @throws ReservationNotFoundError, ReservationNotYoursError, ReservationStateError
 */
export async function cancelReservation(
  core: CoreContext,
  { userId, reservationId }: { userId: number; reservationId: number },
): Promise<void> {
  const grouped = { kind: "cancel", userId } as const;
  await core.withTransaction((tx) => cancelInside(core, tx, { userId, reservationId }), grouped);
}

/**
 * Cancels a hold within the caller's transaction.
 * @throws ReservationNotFoundError, ReservationNotYoursError, ReservationStateError
 */
export async function cancelInside(
  core: CoreContext,
  tx: Tx,
  { userId, reservationId }: { userId: number; reservationId: number },
): Promise<void> {
  const reservation = await reservationToChange(core, tx, { userId, reservationId });
  if (!(await core.reservations.cancel(tx, reservationId))) {
    const now = await core.reservations.find(tx, reservationId);
    const status = now?.status ?? reservation.status;
    if (status === "CANCELLED") return;
    throw new ReservationStateError(reservationId, status);
  }
  const released = await core.seats.release(tx, reservationId, "HELD");
  // The reservation has all of its seats: a buyer who takes over a seat of an overdue hold ends
  // that hold in the same transaction, so a pending reservation never loses a seat.
  assert.equal(released, reservation.seats.length, "a pending reservation has all of its seats");
  await appendMessages(core, tx, [
    reservationEvent("reservation.cancelled", reservation.version + 1, factsOf(reservation)),
  ]);
}
