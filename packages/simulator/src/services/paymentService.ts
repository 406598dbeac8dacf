import { paymentEvent, type Tx } from "@onsale/core";
import { REFUSALS } from "./sagaJournal.ts";
import {
  appendEvents,
  pointEventOf,
  type ServiceCore,
  type ServiceMessage,
} from "./serviceCore.ts";

/** The name of the payment service's inbox. */
export const PAYMENT_INBOX = "payment-service";

/**
 * Applies one message of the reservation service. A repeated message changes nothing.
 * @throws the errors of the ports; the message must then be delivered again
 */
export async function applyToPayments(service: ServiceCore, message: ServiceMessage) {
  const { core, faults } = service;
  const { type, messageId } = message;
  if (type !== "payment.requested" && type !== "refund.requested") return;
  const isRefund = type === "refund.requested";
  const paymentId = isRefund ? 0 : await core.idAllocator.next("payment");
  await core.withTransaction(async (tx) => {
    const isNew = await core.inbox.record(tx, PAYMENT_INBOX, messageId);
    if (!isNew && !faults.ignoresInbox) return;
    if (isRefund) await refund(service, tx, message);
    else await capture(service, tx, { ...requestOf(message), paymentId });
  });
}

interface CaptureInput {
  readonly reservationId: number;
  readonly userId: number;
  readonly amount: number;
  readonly paymentId: number;
}

function requestOf({ payload }: ServiceMessage): Omit<CaptureInput, "paymentId"> {
  const { reservationId, userId, amount } = payload;
  if (reservationId === undefined || userId === undefined || amount === undefined) {
    throw new TypeError("a payment request names its reservation, its buyer and its amount");
  }
  return { reservationId, userId, amount };
}

async function capture(service: ServiceCore, tx: Tx, input: CaptureInput): Promise<void> {
  const { core, journal, faults } = service;
  const { reservationId, userId, amount, paymentId } = input;
  // With unique keys for a payment, a repeated message would fail instead of spending twice.
  const once = faults.ignoresInbox ? `:${paymentId}` : "";
  const posted = await core.ledger.post(tx, {
    ...{ userId, kind: "SPEND", amount, reservationId },
    entryKey: `spend:reservation:${reservationId}${once}`,
  });
  if (!posted) {
    const version = 1 + (await journal.refusals(tx, reservationId));
    await journal.append(core, tx, {
      ...{ aggregateType: REFUSALS, reservationId, version, type: "payment.refused" },
      payload: { reservationId },
    });
    return;
  }
  const payment = { id: paymentId, reservationId, userId, amount };
  await core.payments.insert(tx, payment);
  await appendEvents(core, tx, [
    paymentEvent("payment.captured", 1, payment),
    pointEventOf("point-account.spent", payment, posted),
  ]);
}

async function refund(
  { core }: ServiceCore,
  tx: Tx,
  { payload: { reservationId = 0 } }: ServiceMessage,
): Promise<void> {
  const payment = await core.payments.findOfReservation(tx, reservationId);
  if (!payment || !(await core.payments.refund(tx, payment.id, payment.version))) return;
  const { userId, amount, version } = payment;
  const posted = await core.ledger.post(tx, {
    ...{ userId, kind: "REFUND", amount, reservationId },
    entryKey: `refund:reservation:${reservationId}`,
  });
  if (!posted) throw new RangeError("a refund exceeds the largest balance");
  await appendEvents(core, tx, [
    paymentEvent("payment.refunded", version + 1, payment),
    pointEventOf("point-account.refunded", payment, posted),
  ]);
}
