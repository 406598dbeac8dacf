import { expect } from "chai";
import { type Answer, numberIn, textIn } from "./callApi.ts";
import type { TestApi } from "./testApi.ts";

/** A user with a place in the queue. */
export interface Buyer {
  readonly userId: number;
  readonly accessToken: string;
  /** The first token of the queue. */
  readonly queueToken: string;
}

let lastUserId = 5_000;

/** A user id that no other test of this process uses. */
export function freshUserId(): number {
  lastUserId += 1;
  return lastUserId;
}

/** Joins the queue over HTTP in jwt mode. */
export async function waitingBuyer(api: TestApi, queueId = "main"): Promise<Buyer> {
  const userId = freshUserId();
  const accessToken = api.accessToken(userId);
  const joined = await api.call("POST", "/api/v1/queue/tokens", {
    token: accessToken,
    // Accepted in trusted mode, ignored in jwt mode.
    headers: { "x-user-id": String(userId) },
    json: { queueId },
  });
  return { userId, accessToken, queueToken: textIn(joined.data, "token") };
}

/** Joins the queue and is admitted. */
export async function activeBuyer(api: TestApi, queueId = "main"): Promise<Buyer> {
  const buyer = await waitingBuyer(api, queueId);
  await api.promote(queueId);
  return buyer;
}

/** Holds one seat. */
export async function holdSeat(api: TestApi, buyer: Buyer, seatId: number): Promise<number> {
  const answer = await api.call("POST", "/api/v1/concerts/reserve-seat", {
    token: buyer.queueToken,
    json: { seatId },
  });
  expect(answer.status, answer.text).to.equal(200);
  return numberIn(answer.data, "reservationId");
}

/** Adds points to the buyer's account. */
export async function chargeBuyer(api: TestApi, buyer: Buyer, amount: number): Promise<void> {
  const answer = await api.call("PUT", "/api/v1/points/charge", {
    token: buyer.accessToken,
    json: { amount },
  });
  expect(answer.status, answer.text).to.equal(200);
}

/** Pays a hold. */
export function payHold(api: TestApi, buyer: Buyer, reservationId: number): Promise<Answer> {
  return api.call("POST", "/api/v1/payment/pay", {
    token: buyer.queueToken,
    json: { reservationId },
  });
}
