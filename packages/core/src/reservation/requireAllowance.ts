import type { CoreContext } from "../ports/coreContext.ts";
import type { BuyerSeat } from "../ports/reservationStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { SeatLimitReachedError } from "./errors.ts";
import { expireHold } from "./expireHold.ts";

/**
 * Checks that the buyer has at most `seatsMax` seats of the performance, unpaid and paid seats
 * together. Runs within the transaction of a hold, before the reservation is inserted.
 * Parallel holds of the same buyer and performance wait for each other here. Overdue holds do not
 * count. When the buyer would exceed the limit with them, this transaction ends them, so that a
 * payment of such a hold at the same time is refused.
 * @returns true when overdue holds have ended here, so that their seats have new versions
 * @throws SeatLimitReachedError
 */
export async function requireAllowance(
  core: CoreContext,
  tx: Tx,
  hold: {
    readonly userId: number;
    readonly performanceId: number;
    readonly seatCount: number;
    readonly seatsMax: number;
  },
): Promise<boolean> {
  const { userId, performanceId, seatCount: seatsRequested, seatsMax } = hold;
  const fits = (seats: readonly BuyerSeat[]): boolean => seats.length + seatsRequested <= seatsMax;
  let seats = await core.reservations.lockSeatsOfBuyer(tx, userId, performanceId);
  if (fits(seats)) return false;
  const live = seats.filter((seat) => !seat.overdue);
  if (fits(live)) {
    const overdue = seats.filter((seat) => seat.overdue).map((seat) => seat.reservationId);
    for (const id of new Set(overdue)) await expireHold(core, tx, id);
    seats = await core.reservations.lockSeatsOfBuyer(tx, userId, performanceId);
    if (fits(seats)) return true;
  } else {
    // Refuses before the first write, so that the hold stays in its group.
    seats = live;
  }
  const seatsPaid = seats.filter((seat) => seat.status === "CONFIRMED").length;
  const seatsHeld = seats.length - seatsPaid;
  throw new SeatLimitReachedError({ seatsMax, seatsHeld, seatsPaid, seatsRequested });
}
