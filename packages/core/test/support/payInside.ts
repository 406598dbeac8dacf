import { appendMessages } from "../../src/outbox/appendMessages.ts";
import { paymentEvent } from "../../src/payment/paymentEvent.ts";
import { pointEvent } from "../../src/point/pointEvent.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { Tx } from "../../src/ports/transaction.ts";
import { factsOf, reservationEvent } from "../../src/reservation/reservationEvent.ts";

/** Pays a live hold in a transaction that the test ends, with everything that a payment writes. */
export async function payInside(core: CoreContext, tx: Tx, reservationId: number): Promise<void> {
  const id = await core.idAllocator.next("payment");
  const reservation = await core.reservations.find(tx, reservationId);
  if (!reservation) throw new Error(`there is no reservation ${reservationId}`);
  const { userId, amount, version } = reservation;
  if (!(await core.reservations.confirm(tx, reservationId, version))) {
    throw new Error("the hold is over");
  }
  const entryKey = `spend:reservation:${reservationId}`;
  const spend = { userId, kind: "SPEND", amount, entryKey, reservationId } as const;
  const posted = await core.ledger.post(tx, spend);
  if (!posted) throw new Error("the buyer has too few points");
  await core.seats.confirm(tx, reservationId, reservation.seats.length);
  const payment = { id, reservationId, userId, amount };
  await core.payments.insert(tx, payment);
  await appendMessages(core, tx, [
    reservationEvent("reservation.confirmed", version + 1, factsOf(reservation)),
    pointEvent("point-account.spent", userId, amount, posted),
    paymentEvent("payment.captured", 1, payment),
  ]);
}
