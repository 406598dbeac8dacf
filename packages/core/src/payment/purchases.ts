import type { CoreContext } from "../ports/coreContext.ts";
import type { Reservation } from "../ports/reservationStore.ts";
import { findReservation, reservationsOf } from "../reservation/findReservation.ts";

/** A reservation with the id of its payment, by which it can be refunded. */
export interface Purchase extends Reservation {
  /** Undefined before the payment. */
  readonly paymentId: number | undefined;
}

/**
 * Finds a reservation of this buyer with its payment. For another buyer's reservation, the error is
 * the same as for an unknown one.
 * @throws ReservationNotFoundError
 */
export async function findPurchase(
  core: CoreContext,
  input: { userId: number; reservationId: number },
): Promise<Purchase> {
  const [purchase] = await withPayments(core, [await findReservation(core, input)]);
  if (!purchase) throw new Error("there is one purchase for each reservation");
  return purchase;
}

/** Returns a page of a buyer's reservations with their payments, newest first. */
export async function purchasesOf(
  core: CoreContext,
  input: { userId: number; beforeId?: number | undefined; limit: number },
): Promise<readonly Purchase[]> {
  return withPayments(core, await reservationsOf(core, input));
}

async function withPayments(
  core: CoreContext,
  reservations: readonly Reservation[],
): Promise<Purchase[]> {
  const paid = reservations.filter(({ status }) => status === "CONFIRMED" || status === "REFUNDED");
  const payments = await core.payments.ofReservations(
    null,
    paid.map(({ id }) => id),
  );
  const idOf = new Map(payments.map(({ id, reservationId }) => [reservationId, id]));
  return reservations.map((one) => ({ ...one, paymentId: idOf.get(one.id) }));
}
