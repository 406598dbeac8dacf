import type { CoreContext } from "../../src/ports/coreContext.ts";
import { chargedUser, held, makeSale, paid, type Sale } from "./fixtures.ts";

/** A buyer with a reservation of the first seats of a sale. */
export interface Bought {
  readonly userId: number;
  readonly reservationId: number;
  readonly sale: Sale;
}

/** Makes a sale of three seats, of which a buyer holds the first ones. */
export async function heldSeats(core: CoreContext, seatCount: number): Promise<Bought> {
  const userId = await chargedUser(core);
  const sale = await makeSale(core, 3);
  const reservationId = await held(core, userId, sale.seatIds.slice(0, seatCount));
  return { userId, reservationId, sale };
}

/** Makes a sale of three seats, of which a buyer has paid for the first ones. */
export async function paidSeats(
  core: CoreContext,
  seatCount: number,
): Promise<Bought & { readonly paymentId: number }> {
  const userId = await chargedUser(core);
  const sale = await makeSale(core, 3);
  const { reservationId, paymentId } = await paid(core, userId, sale.seatIds.slice(0, seatCount));
  return { userId, reservationId, paymentId, sale };
}

/** Reads everything that an operation on the reservation can change. */
export async function rowsOf(
  core: CoreContext,
  { userId, reservationId, sale }: Bought,
): Promise<readonly unknown[]> {
  return [
    await core.seats.ofPerformance(null, sale.performanceId),
    await core.reservations.find(null, reservationId),
    await core.payments.ofUser(null, userId, { limit: 10 }),
    await core.ledger.entriesOf(null, userId, { limit: 10 }),
  ];
}
