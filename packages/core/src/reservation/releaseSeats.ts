import assert from "node:assert/strict";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Reservation, ReservedSeat } from "../ports/reservationStore.ts";
import type { Tx } from "../ports/transaction.ts";
import type { Points } from "../shared/points.ts";
import {
  HoldExpiredError,
  ReservationNotFoundError,
  ReservationStateError,
  SeatNotInReservationError,
} from "./errors.ts";
import { factsOf, type ReservationFacts } from "./reservationEvent.ts";

/*
 * A reservation that gives back some of its seats
 *
 * A party of four becomes a party of three. The reservation keeps its state, gets a lower amount
 * and the next version, and the seats are for sale again at once. One transaction does all of it,
 * under the lock of the reservation's row.
 *
 * Other transitions may have read the reservation before: a payment with the old price, a
 * cancellation, a refund. Each of them names the version that it has read in its own statement, so
 * it changes nothing when this transaction was first (`RESERVATION_CHANGED`).
 *
 * The link of a seat that was given back stays, with the version of the reservation that gave it
 * back. So the invariants can say which seats and which price each message must have.
 */

/** The seats that a reservation has given back, and what is left. */
export interface ReleasedSeats {
  readonly released: readonly ReservedSeat[];
  /** Sum of the prices of the released seats. */
  readonly releasedAmount: Points;
  /** The fields of the event of this transition. */
  readonly facts: ReservationFacts;
  /** The reservation's version after the transition. */
  readonly version: number;
}

/**
 * Locks a reservation until the transaction ends, and reads it.
 * @throws ReservationNotFoundError
 */
export async function lockReservation(
  core: CoreContext,
  tx: Tx,
  reservationId: number,
): Promise<Reservation> {
  if (!(await core.reservations.lock(tx, reservationId))) {
    throw new ReservationNotFoundError(reservationId);
  }
  const reservation = await core.reservations.find(tx, reservationId);
  assert(reservation, "the row of the reservation is locked");
  return reservation;
}

/**
 * Gives back some seats of a reservation within the caller's transaction, which writes the event.
 * @param of.reservation as `lockReservation` has read it in this transaction
 * @param of.status the state in which the reservation must be
 * @param of.seatIds some of its seats, not all of them
 * @throws ReservationStateError, HoldExpiredError, SeatNotInReservationError
 */
export async function releaseSeats(
  core: CoreContext,
  tx: Tx,
  of: {
    readonly reservation: Reservation;
    readonly status: "PENDING" | "CONFIRMED";
    readonly seatIds: readonly number[];
  },
): Promise<ReleasedSeats> {
  const { reservation, status } = of;
  const { id: reservationId } = reservation;
  const seatIds = [...of.seatIds].sort((a, b) => a - b);
  if (reservation.status !== status) {
    throw new ReservationStateError(reservationId, reservation.status);
  }
  const { released, kept } = divide(reservation, seatIds);
  const version = reservation.version + 1;
  const amount = sumOf(kept);
  const change = { id: reservationId, status, version: reservation.version, amount };
  if (!(await core.reservations.reduce(tx, change))) throw new HoldExpiredError(reservationId);
  const from = status === "PENDING" ? "HELD" : "SOLD";
  const count = await core.seats.releaseSome(tx, { reservationId, seatIds, from, version });
  assert.equal(count, seatIds.length, "a live reservation has all of its seats");
  return {
    ...{ released, version, releasedAmount: sumOf(released) },
    facts: { ...factsOf({ ...reservation, amount, seats: kept }), releasedSeatIds: seatIds },
  };
}

const sumOf = (seats: readonly ReservedSeat[]): Points =>
  seats.reduce((sum, { price }) => sum + price, 0);

/** @throws SeatNotInReservationError */
function divide({ id, seats }: Reservation, seatIds: readonly number[]) {
  const leaving = new Set(seatIds);
  const released = seats.filter(({ seatId }) => leaving.has(seatId));
  const kept = seats.filter(({ seatId }) => !leaving.has(seatId));
  if (released.length !== seatIds.length || released.length === 0) {
    const known = new Set(seats.map(({ seatId }) => seatId));
    throw new SeatNotInReservationError(
      id,
      seatIds.filter((seatId) => !known.has(seatId)),
    );
  }
  assert(kept.length > 0, "the caller ends a reservation that gives back all of its seats");
  return { released, kept };
}
