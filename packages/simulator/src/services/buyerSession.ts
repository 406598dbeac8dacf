import {
  CoreError,
  cancelReservation,
  chargePoints,
  holdSeats,
  InsufficientPointsError,
  payReservation,
} from "@onsale/core";
import type { AcknowledgedLog } from "../actors/acknowledgedLog.ts";
import { below, between, chance, type SeededRandom } from "../chance/seededRandom.ts";
import type { Actor } from "../virtual/actor.ts";
import { PAYS } from "./paymentWork.ts";
import { type BuyerState, paymentState, requestPayment } from "./reservationService.ts";
import type { ServiceCore } from "./serviceCore.ts";
import type { ServiceGroup } from "./serviceGroup.ts";

/** The habits of the buyers of a run, as shares of 1. */
export interface BuyerHabits {
  /** Buyers who first charge too few points. */
  readonly poorShare: number;
  /** Buyers who pay when the hold is about to expire. */
  readonly lateShare: number;
  /** Buyers who cancel while the payment is under way. */
  readonly cancelShare: number;
}

export const USUAL_HABITS: BuyerHabits = { poorShare: 0.2, lateShare: 0.25, cancelShare: 0.1 };
/** Every buyer charges enough, pays in time and waits. */
export const PLAIN_HABITS: BuyerHabits = { poorShare: 0, lateShare: 0, cancelShare: 0 };

/** The services that buyers talk to. Without a split both are the same group. */
export interface Shop {
  readonly reservations: ServiceGroup;
  readonly payments: ServiceGroup;
  readonly isSplit: boolean;
  readonly queueId: string;
  readonly seatIds: readonly number[];
  readonly holdMs: number;
  readonly acknowledged: AcknowledgedLog;
  sleep(ms: number): Promise<void>;
  /** Called when a buyer asks for a payment for the first time. */
  onPay(userId: number, reservationId: number): void;
}

/** The last answer to a buyer. */
export interface BuyerEnd {
  readonly userId: number;
  readonly reservationId: number;
  readonly state: BuyerState;
}

const ARRIVAL_MS_MAX = 1_500;
const THINK_MS_MAX = 400;
const POLL_MS = 200;
/** Enough for any seat, and too few for every seat. */
const RICH = 150_000;
const POOR = 50_000;
const HOLD_ATTEMPTS_MAX = 6;
/** A late buyer pays this much before or after the expiry of the hold. */
const LATE_MS = 60;

/** States after which the buyer need not look again. */
const FINAL: ReadonlySet<BuyerState> = new Set(["CONFIRMED", "RETURNED", "ENDED"]);

/**
 * One buyer: charges, holds a seat, pays, and looks until the payment has an end.
 * @returns undefined when the buyer got no seat
 */
export async function runBuyer(
  shop: Shop,
  buyer: { readonly userId: number; readonly random: SeededRandom; readonly habits: BuyerHabits },
): Promise<BuyerEnd | undefined> {
  const { userId, random, habits } = buyer;
  const { poorShare, lateShare, cancelShare } = habits;
  const isPoor = chance(random, poorShare);
  const isLate = chance(random, lateShare);
  const cancels = chance(random, cancelShare);
  await shop.sleep(between(random, 0, ARRIVAL_MS_MAX));
  const session = new Session(shop, userId, random);
  await session.charge(isPoor ? POOR : RICH);
  const reservationId = await session.hold();
  if (reservationId === undefined) return undefined;
  const lateMs = shop.holdMs + between(random, -LATE_MS, LATE_MS / 2);
  await shop.sleep(isLate ? lateMs : between(random, 0, THINK_MS_MAX));
  return { userId, reservationId, state: await session.pay(reservationId, cancels) };
}

class Session {
  readonly #shop: Shop;
  readonly #userId: number;
  readonly #random: SeededRandom;
  #requests = 0;

  constructor(shop: Shop, userId: number, random: SeededRandom) {
    this.#shop = shop;
    this.#userId = userId;
    this.#random = random;
  }

  #actor(end = ""): Actor {
    return { name: `buyer-${this.#userId}${end}`, random: this.#random, calls: 0 };
  }

  #key(): { readonly key: string } {
    this.#requests += 1;
    return { key: `request-${this.#requests}` };
  }

  async charge(amount: number): Promise<void> {
    const [userId, idempotency] = [this.#userId, this.#key()];
    await this.#shop.payments.ask(this.#actor(), ({ core }) =>
      chargePoints(core, { userId, amount, idempotency }),
    );
    this.#shop.acknowledged.charge(userId, amount);
  }

  async hold(): Promise<number | undefined> {
    const { reservations, seatIds, queueId, acknowledged } = this.#shop;
    for (let attempt = 1; attempt <= HOLD_ATTEMPTS_MAX; attempt += 1) {
      const seatId = seatIds[below(this.#random, seatIds.length)] ?? 0;
      const input = { userId: this.#userId, seatIds: [seatId], queueId, idempotency: this.#key() };
      const held = await refusable(
        reservations.ask(this.#actor(), ({ core }) => holdSeats(core, input)),
      );
      if ("value" in held) {
        const { reservationId } = held.value.value;
        acknowledged.reservation(reservationId);
        return reservationId;
      }
      await this.#shop.sleep(POLL_MS);
    }
    return undefined;
  }

  async pay(reservationId: number, cancels: boolean): Promise<BuyerState> {
    const { reservations } = this.#shop;
    const input = { userId: this.#userId, reservationId };
    this.#shop.onPay(this.#userId, reservationId);
    let state = await this.#ask(reservationId);
    if (cancels) {
      await refusable(
        reservations.ask(this.#actor(), ({ core }) => cancelReservation(core, input)),
      );
    }
    let isCharged = false;
    while (!FINAL.has(state)) {
      if (state === "REFUSED" && !isCharged) {
        isCharged = true;
        await this.charge(RICH);
        state = await this.#ask(reservationId);
        continue;
      }
      await this.#shop.sleep(POLL_MS);
      state = await reservations.ask(this.#actor(), (service) => paymentState(service, input));
    }
    return state;
  }

  async #ask(reservationId: number): Promise<BuyerState> {
    const { reservations, isSplit } = this.#shop;
    const input = { userId: this.#userId, reservationId };
    const actor = this.#actor(PAYS);
    const request = isSplit
      ? (service: ServiceCore) => requestPayment(service, input)
      : payAtOnce({ ...input, idempotency: this.#key() });
    const asked = await refusable(reservations.ask(actor, request));
    return "value" in asked
      ? asked.value
      : reservations.ask(actor, (service) => paymentState(service, input));
  }
}

/** Pays as the product does: in one transaction. */
function payAtOnce(input: {
  readonly userId: number;
  readonly reservationId: number;
  readonly idempotency: { readonly key: string };
}): (service: ServiceCore) => Promise<BuyerState> {
  // The buyers of the experiment have no place in a waiting room, so none ends.
  const place = { queueId: "none", sequence: 0 };
  return async ({ core }) => {
    try {
      await payReservation(core, { ...input, place });
      return "CONFIRMED";
    } catch (error) {
      if (error instanceof InsufficientPointsError) return "REFUSED";
      throw error;
    }
  };
}

/** Waits for the answer of a service, which may be a refusal. */
async function refusable<T>(
  asked: Promise<T>,
): Promise<{ readonly value: T } | { readonly refusal: CoreError }> {
  try {
    return { value: await asked };
  } catch (error) {
    if (error instanceof CoreError) return { refusal: error };
    throw error;
  }
}
