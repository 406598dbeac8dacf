import { appendMessages } from "../outbox/appendMessages.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { type ReleasedSeats, releaseSeats } from "./releaseSeats.ts";
import { reservationEvent } from "./reservationEvent.ts";

/**
 * Gives back some seats of an unpaid hold within the caller's transaction. The hold goes on with
 * the other seats, a lower price and the same end.
 * @throws what `releaseSeats` throws
 */
export async function cancelSeatsInside(
  core: CoreContext,
  tx: Tx,
  { reservationId, seatIds }: { reservationId: number; seatIds: readonly number[] },
): Promise<ReleasedSeats> {
  const released = await releaseSeats(core, tx, { reservationId, seatIds, status: "PENDING" });
  await appendMessages(core, tx, [
    reservationEvent("reservation.partly-cancelled", released.version, released.facts),
  ]);
  return released;
}
