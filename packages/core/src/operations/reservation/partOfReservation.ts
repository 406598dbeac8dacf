import { z } from "zod";
import { LENGTH_MAX } from "../../catalog/requireText.ts";
import type { Reservation, ReservedSeat } from "../../ports/reservationStore.ts";
import { SeatNotInReservationError } from "../../reservation/errors.ts";
import { countText } from "../../shared/countText.ts";
import type { Verification } from "../operation.ts";

/** More than the seats of any reservation. */
const SEATS_MAX = 20;

/** The numbers of seats of a reservation, as the tickets have them. */
export const seatNumbersSchema = z
  .array(z.string().normalize("NFC").min(1).max(LENGTH_MAX.seatNo))
  .min(1)
  .max(SEATS_MAX)
  .refine((numbers) => new Set(numbers).size === numbers.length, "names a seat twice");

/**
 * The seats of a reservation that an operator names; undefined for all of them.
 * @throws SeatNotInReservationError
 */
export function partOf(
  { id, seats }: Reservation,
  numbers: readonly string[] | undefined,
): readonly ReservedSeat[] | undefined {
  if (numbers === undefined) return undefined;
  const named = new Set(numbers);
  const part = seats.filter(({ seatNo }) => named.has(seatNo));
  if (part.length !== named.size) {
    const known = new Set(seats.map(({ seatNo }) => seatNo));
    throw new SeatNotInReservationError(
      id,
      numbers.filter((number) => !known.has(number)),
    );
  }
  return part.length === seats.length ? undefined : part;
}

export const idsOf = (seats: readonly ReservedSeat[]): readonly number[] =>
  seats.map(({ seatId }) => seatId);

/** "The reservation keeps 2 seats at 300 points" */
export function leftText(reservation: Reservation, part: readonly ReservedSeat[]): string {
  const points = part.reduce((left, { price }) => left - price, reservation.amount);
  const count = countText(reservation.seats.length - part.length, "seat");
  return `The reservation keeps ${count} at ${points} points`;
}

/** The verification that the reservation has given back these seats and keeps others. */
export function claimOfPart(
  reservationId: number,
  seats: readonly ReservedSeat[],
  numbers: readonly string[],
): Verification {
  const present = seats.map(({ seatNo }) => seatNo);
  return {
    claim: `reservation ${reservationId} has given back ${numbers.join(", ")} and keeps others`,
    holds: present.length > 0 && !numbers.some((number) => present.includes(number)),
    read: `it has ${present.join(", ")}`,
  };
}
