import assert from "node:assert/strict";
import { appendMessages } from "../outbox/appendMessages.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { ReservationChangedError, ReservationStateError } from "./errors.ts";
import { factsOf, reservationEvent } from "./reservationEvent.ts";
import { reservationToChange } from "./reservationToChange.ts";

/** More parts than buyers and operators give back of one hold at the same moment. */
const ATTEMPTS_MAX = 3;

/**
 * Cancels a hold. Its seats are for sale again immediately. A second call changes nothing.
 * @returns whether the hold had been cancelled before
 * @throws ReservationNotFoundError, ReservationNotYoursError, ReservationStateError,
 *   ReservationChangedError
 */
export async function cancelReservation(
  core: CoreContext,
  { userId, reservationId }: { userId: number; reservationId: number },
): Promise<{ readonly replayed: boolean }> {
  const grouped = { kind: "cancel", userId } as const;
  const input = { userId, reservationId };
  const isNew = await core.withTransaction((tx) => cancelInside(core, tx, input), grouped);
  return { replayed: !isNew };
}

/**
 * Cancels a hold within the caller's transaction.
 * @returns false when the hold had been cancelled before
 * @throws ReservationNotFoundError, ReservationNotYoursError, ReservationStateError,
 *   ReservationChangedError
 */
export async function cancelInside(
  core: CoreContext,
  tx: Tx,
  { userId, reservationId }: { userId: number; reservationId: number },
): Promise<boolean> {
  let reservation = await reservationToChange(core, tx, { userId, reservationId });
  for (let attempt = 1; ; attempt += 1) {
    if (await core.reservations.cancel(tx, reservationId, reservation.version)) break;
    const now = (await core.reservations.find(tx, reservationId)) ?? reservation;
    if (now.status === "CANCELLED") return false;
    if (now.status !== "PENDING") throw new ReservationStateError(reservationId, now.status);
    if (attempt === ATTEMPTS_MAX) throw new ReservationChangedError(reservationId);
    // The hold gave back a seat at this moment. Cancels what is left.
    reservation = now;
  }
  const released = await core.seats.release(tx, reservationId, "HELD");
  // The reservation has all of its seats: a buyer who takes over a seat of an overdue hold ends
  // that hold in the same transaction, so a pending reservation never loses a seat.
  assert.equal(released, reservation.seats.length, "a pending reservation has all of its seats");
  await appendMessages(core, tx, [
    reservationEvent("reservation.cancelled", reservation.version + 1, factsOf(reservation)),
  ]);
  return true;
}
