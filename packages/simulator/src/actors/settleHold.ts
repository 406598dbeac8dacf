import type { z } from "zod";
import {
  anyAnswer,
  chargeAnswer,
  type HoldAnswer,
  payAnswer,
  reservationAnswer,
} from "./answers.ts";
import type { Reply } from "./buyerCalls.ts";
import type { BuyerOutcome } from "./buyerEnded.ts";
import type { Errand } from "./errand.ts";
import { sinceOpen } from "./rushWorld.ts";

/** People charge round amounts. */
const CHARGE_STEP = 10_000;
/** First short, then charged; a third try would mean that charging does not help. */
const PAYMENTS_MAX = 3;

/** Pays for the seats in hand, charging points when short; or gives them up. */
export async function settleHold(errand: Errand, hold: HoldAnswer): Promise<BuyerOutcome> {
  const { plan } = errand;
  if (plan.abandons === "cancels") await cancel(errand, hold);
  if (plan.abandons !== undefined) return "abandoned";
  if (plan.chargesFirst) {
    await charge(errand, Math.ceil(hold.amount / CHARGE_STEP) * CHARGE_STEP, hold, 0);
  }
  for (let attempt = 1; attempt <= PAYMENTS_MAX; attempt++) {
    const reply = await pay(errand, hold, attempt);
    if (reply.accepted) {
      errand.world.acknowledged.payment(reply.value.paymentId);
      return sold(errand, hold);
    }
    if (reply.code !== "INSUFFICIENT_POINTS") return afterRefusedPayment(errand, hold, reply.code);
    const missing = (reply.required ?? hold.amount) - (reply.balance ?? 0);
    await charge(errand, missing, hold, attempt);
  }
  return "hold-expired";
}

function sold(errand: Errand, hold: HoldAnswer): BuyerOutcome {
  const { recorder } = errand.world;
  const atMs = sinceOpen(errand.world);
  for (const _seat of hold.seats) recorder.happened("sale", atMs);
  errand.soldMs = atMs;
  errand.boughtSeatIds = hold.seats.map((seat) => seat.seatId);
  return "bought";
}

function pay(
  errand: Errand,
  hold: HoldAnswer,
  attempt: number,
): Promise<Reply<z.infer<typeof payAnswer>>> {
  const { calls, plan, queueToken, world } = errand;
  const request = {
    method: "POST",
    path: "/payment/pay",
    token: queueToken,
    body: { reservationId: hold.reservationId },
    idempotencyKey: `${world.runId}-pay-${plan.index}-${hold.reservationId}-${attempt}`,
  } as const;
  return calls.sendOnce("pay", request, payAnswer, (payment) => String(payment.paymentId));
}

/**
 * A payment whose answer was lost may have ended the buyer's place in the queue, so that its
 * repetition is refused at the door; the reservation tells what became of it.
 */
async function afterRefusedPayment(
  errand: Errand,
  hold: HoldAnswer,
  code: string,
): Promise<BuyerOutcome> {
  if (code === "HOLD_EXPIRED") return "hold-expired";
  const path = `/reservations/${hold.reservationId}`;
  const request = { method: "GET", path, token: errand.accessToken } as const;
  const reply = await errand.calls.send("pay", request, reservationAnswer);
  const confirmed = reply.accepted && reply.value.status === "CONFIRMED";
  return confirmed ? sold(errand, hold) : "hold-expired";
}

async function charge(
  errand: Errand,
  amount: number,
  hold: HoldAnswer,
  attempt: number,
): Promise<void> {
  const { accessToken, calls, plan, world } = errand;
  const request = {
    method: "PUT",
    path: "/points/charge",
    token: accessToken,
    body: { userId: plan.userId, amount },
    idempotencyKey: `${world.runId}-charge-${plan.index}-${hold.reservationId}-${attempt}`,
  } as const;
  const reply = await calls.sendOnce("charge", request, chargeAnswer, (after) =>
    String(after.currentPoints),
  );
  if (reply.accepted) world.acknowledged.charge(plan.userId, amount);
}

async function cancel(errand: Errand, hold: HoldAnswer): Promise<void> {
  const path = `/reservations/${hold.reservationId}`;
  const request = { method: "DELETE", path, token: errand.accessToken } as const;
  await errand.calls.send("cancel", request, anyAnswer);
}
