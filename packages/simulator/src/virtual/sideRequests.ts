import { chargeAnswer } from "../actors/answers.ts";
import type { BuyerPlan } from "../actors/buyerPlan.ts";
import type { ClientEnvironment } from "../actors/clientEnvironment.ts";
import type { Transport, TransportAnswer, TransportRequest } from "../actors/transport.ts";
import { virtualAccessToken } from "./virtualTokens.ts";

/*
 * Requests that a buyer of a virtual sale sends in addition to the session of the live engine. All
 * buyers use the same keys, because the product must distinguish the keys of two buyers.
 */

/** Two charges whose sum is too small for a seat. */
const POCKET_POINTS = [10_000, 20_000] as const;
/** Number of attempts; with the pauses they last longer than a restart takes. */
const TRIES_MAX = 8;
const PAUSE_MS = 900;
/** Much shorter than the retention, ms. After the retention a repetition would charge again. */
const REPEATED_WITHIN_MS = 20_000;

/** Refusals after which the same request can succeed. */
const REPEATED: readonly unknown[] = ["IDEMPOTENCY_IN_PROGRESS", "RESERVATION_CHANGED"];

type Side = Pick<ClientEnvironment, "transport" | "clock">;

/** The way of a request to the API, and the clock for the pauses between attempts. */
interface Sender {
  readonly transport: Transport;
  readonly clock: Pick<ClientEnvironment["clock"], "sleep">;
}

/** An acknowledged charge. */
export interface Charge {
  readonly amount: number;
  readonly currentPoints: number;
  readonly requestedMs: number;
}

/**
 * Sends two charges at the same moment, so that they race on one ledger. Their sum is too small for
 * a seat, so the payment is refused for an insufficient balance.
 * @returns the acknowledged charges
 */
export async function fillPocket(side: Side, buyer: BuyerPlan): Promise<readonly Charge[]> {
  await side.clock.sleep(buyer.arriveAtMs);
  const requestedMs = side.clock.monotonicMs();
  const charges = await Promise.all(
    POCKET_POINTS.map(async (amount) => {
      const answer = await insist(side, buyer, chargeRequest(buyer, amount));
      if (answer?.kind !== "accepted") return [];
      const { currentPoints } = chargeAnswer.parse(answer.data);
      return [{ amount, currentPoints, requestedMs }];
    }),
  );
  return charges.flat();
}

/**
 * Repeats the charges after the session, under their keys.
 * @returns the answers that differ from the answers to the first charges
 */
export async function repeatCharges(
  side: Side,
  buyer: BuyerPlan,
  charges: readonly Charge[],
): Promise<readonly { readonly first: string; readonly second: string }[]> {
  const different: { first: string; second: string }[] = [];
  for (const { amount, currentPoints, requestedMs } of charges) {
    if (side.clock.monotonicMs() - requestedMs > REPEATED_WITHIN_MS) continue;
    const answer = await insist(side, buyer, chargeRequest(buyer, amount));
    if (answer?.kind !== "accepted") continue;
    const second = String(chargeAnswer.parse(answer.data).currentPoints);
    if (second !== String(currentPoints)) different.push({ first: String(currentPoints), second });
  }
  return different;
}

/** Requests a refund until an answer arrives. @returns false when the refund was refused */
export async function refund(side: Side, buyer: BuyerPlan, paymentId: number): Promise<boolean> {
  const answer = await insist(side, buyer, {
    method: "POST",
    path: `/payments/${paymentId}/refund`,
    token: virtualAccessToken(buyer.userId),
    body: {},
    idempotencyKey: "v-1",
  });
  return answer?.kind !== "refused";
}

function chargeRequest({ userId }: BuyerPlan, amount: number): TransportRequest {
  return {
    method: "PUT",
    path: "/points/charge",
    token: virtualAccessToken(userId),
    body: { userId, amount },
    idempotencyKey: `v-pocket-${amount}`,
  };
}

/**
 * Sends a request to one process after the other until one accepts or refuses it.
 * @param of.index selects the first process
 */
export async function insist(
  { transport, clock }: Sender,
  { index }: Pick<BuyerPlan, "index">,
  request: TransportRequest,
): Promise<TransportAnswer | undefined> {
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const answer = await transport.send(index + tried, request);
    const isBusy = answer.kind === "refused" && REPEATED.includes(codeOf(answer.body));
    if (answer.kind !== "failed" && !isBusy) return answer;
    await clock.sleep(PAUSE_MS);
  }
  return undefined;
}

/** Returns the code of a problem. */
export function codeOf(body: unknown): unknown {
  return typeof body === "object" && body !== null && "code" in body ? body.code : undefined;
}
