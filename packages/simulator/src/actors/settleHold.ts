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
import { sinceOpen } from "./clientEnvironment.ts";
import { PAY_PATH } from "./requests.ts";
import type { Session } from "./session.ts";

/** Buyers charge multiples of this amount. */
const CHARGE_STEP = 10_000;
/**
 * Maximum number of payments in one session: one before the charge and one after it. A third one
 * would mean that the charge had no effect.
 */
const PAYMENTS_MAX = 3;

/**
 * Pays for the held seats, after charging missing points, or gives the seats up. The keys have the
 * same text for every buyer and for both operations, because the product must distinguish them.
 */
export async function settleHold(session: Session, hold: HoldAnswer): Promise<BuyerOutcome> {
  const { plan } = session;
  if (plan.abandons === "cancels") await cancel(session, hold);
  if (plan.abandons !== undefined) return "abandoned";
  if (plan.chargesFirst) {
    await charge(session, Math.ceil(hold.amount / CHARGE_STEP) * CHARGE_STEP, 0);
  }
  for (let attempt = 1; attempt <= PAYMENTS_MAX; attempt++) {
    const reply = await pay(session, hold, attempt);
    if (reply.accepted) {
      session.environment.acknowledged.payment(reply.value.paymentId);
      return sold(session, hold);
    }
    if (reply.code !== "INSUFFICIENT_POINTS") return afterRefusedPayment(session, hold, reply.code);
    const missing = (reply.required ?? hold.amount) - (reply.balance ?? 0);
    await charge(session, missing, attempt);
  }
  return "hold-expired";
}

function sold(session: Session, hold: HoldAnswer): BuyerOutcome {
  const { recorder } = session.environment;
  const atMs = sinceOpen(session.environment);
  for (const _seat of hold.seats) recorder.happened("sale", atMs);
  session.soldMs = atMs;
  session.boughtSeatIds = hold.seats.map((seat) => seat.seatId);
  return "bought";
}

function pay(
  session: Session,
  hold: HoldAnswer,
  attempt: number,
): Promise<Reply<z.infer<typeof payAnswer>>> {
  const { calls, queueToken, environment } = session;
  const request = {
    method: "POST",
    path: PAY_PATH,
    token: queueToken,
    body: { reservationId: hold.reservationId },
    idempotencyKey: `${environment.runId}-${attempt}`,
  } as const;
  return calls.sendOnce("pay", request, payAnswer, (payment) => String(payment.paymentId));
}

/**
 * A payment whose answer was lost may have ended the buyer's admission. The API then refuses the
 * repeated payment, so the client reads the outcome from the reservation.
 */
async function afterRefusedPayment(
  session: Session,
  hold: HoldAnswer,
  code: string,
): Promise<BuyerOutcome> {
  if (code === "HOLD_EXPIRED") return "hold-expired";
  const path = `/reservations/${hold.reservationId}`;
  const request = { method: "GET", path, token: session.accessToken } as const;
  const reply = await session.calls.send("pay", request, reservationAnswer);
  const confirmed = reply.accepted && reply.value.status === "CONFIRMED";
  return confirmed ? sold(session, hold) : "hold-expired";
}

async function charge(session: Session, amount: number, attempt: number): Promise<void> {
  const { accessToken, calls, plan, environment } = session;
  const request = {
    method: "PUT",
    path: "/points/charge",
    token: accessToken,
    body: { userId: plan.userId, amount },
    idempotencyKey: `${environment.runId}-${attempt}`,
  } as const;
  const reply = await calls.sendOnce("charge", request, chargeAnswer, (after) =>
    String(after.currentPoints),
  );
  if (reply.accepted) environment.acknowledged.charge(plan.userId, amount);
}

async function cancel(session: Session, hold: HoldAnswer): Promise<void> {
  const path = `/reservations/${hold.reservationId}`;
  const request = { method: "DELETE", path, token: session.accessToken } as const;
  await session.calls.send("cancel", request, anyAnswer);
}
