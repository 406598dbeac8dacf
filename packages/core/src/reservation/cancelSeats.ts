import { appendMessages } from "../outbox/appendMessages.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Reservation } from "../ports/reservationStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { cancelInside } from "./cancelReservation.ts";
import { HoldExpiredError, ReservationStateError, SeatNotInReservationError } from "./errors.ts";
import { lockReservation, type ReleasedSeats, releaseSeats } from "./releaseSeats.ts";
import { reservationEvent } from "./reservationEvent.ts";
import { reservationToChange } from "./reservationToChange.ts";

export interface CancelSeatsInput {
  readonly userId: number;
  readonly reservationId: number;
  /** Seats that the hold has, or has given back before. */
  readonly seatIds: readonly number[];
}

/**
 * Cancels some seats of the buyer's hold: they are for sale again immediately, and the hold goes on
 * with the others. Ends a hold of which every seat is named. Seats that the hold has given back
 * before are ignored, so a second call changes nothing.
 * @returns whether the hold had given back all of these seats before
 * @throws ReservationNotFoundError, ReservationNotYoursError, SeatNotInReservationError,
 *   ReservationStateError, HoldExpiredError
 */
export async function cancelSeats(
  core: CoreContext,
  input: CancelSeatsInput,
): Promise<{ readonly replayed: boolean }> {
  const isNew = await core.withTransaction(async (tx) => {
    // A stranger must not lock the row.
    await reservationToChange(core, tx, input);
    const reservation = await lockReservation(core, tx, input.reservationId);
    const seatIds = await leavingSeats(core, tx, reservation, [...new Set(input.seatIds)]);
    if (seatIds.length === 0) return false;
    if (seatIds.length === reservation.seats.length) return cancelInside(core, tx, input);
    await cancelLocked(core, tx, reservation, seatIds);
    return true;
  });
  return { replayed: !isNew };
}

/**
 * Finds the seats that the locked hold still has to give back.
 * @throws SeatNotInReservationError, ReservationStateError, HoldExpiredError
 */
async function leavingSeats(
  core: CoreContext,
  tx: Tx,
  { id, seats, status }: Reservation,
  named: readonly number[],
): Promise<readonly number[]> {
  const present = new Set(seats.map(({ seatId }) => seatId));
  const leaving = named.filter((seatId) => present.has(seatId));
  if (leaving.length < named.length) {
    const known = new Set([...present, ...(await core.reservations.releasedSeatIds(tx, id))]);
    const foreign = named.filter((seatId) => !known.has(seatId));
    if (foreign.length > 0) throw new SeatNotInReservationError(id, foreign);
  }
  if (leaving.length === 0 || status === "CANCELLED") return [];
  if (status === "EXPIRED") throw new HoldExpiredError(id);
  if (status !== "PENDING") throw new ReservationStateError(id, status);
  return leaving;
}

/**
 * Gives back some seats of an unpaid hold within the caller's transaction. The hold goes on with
 * the other seats, a lower price and the same end.
 * @throws ReservationNotFoundError, and what `releaseSeats` throws
 */
export async function cancelSeatsInside(
  core: CoreContext,
  tx: Tx,
  { reservationId, seatIds }: { reservationId: number; seatIds: readonly number[] },
): Promise<ReleasedSeats> {
  const reservation = await lockReservation(core, tx, reservationId);
  return cancelLocked(core, tx, reservation, seatIds);
}

async function cancelLocked(
  core: CoreContext,
  tx: Tx,
  reservation: Reservation,
  seatIds: readonly number[],
): Promise<ReleasedSeats> {
  const released = await releaseSeats(core, tx, { reservation, seatIds, status: "PENDING" });
  await appendMessages(core, tx, [
    reservationEvent("reservation.partly-cancelled", released.version, released.facts),
  ]);
  return released;
}
