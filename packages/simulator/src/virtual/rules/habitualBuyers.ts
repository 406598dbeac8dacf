import type { Clock } from "@onsale/core";
import { z } from "zod";
import type { AcknowledgedLog } from "../../actors/acknowledgedLog.ts";
import { HOLD_PATH, PAY_PATH, payBody, SEAT_LIST_PATH } from "../../actors/requests.ts";
import type { Transport, TransportAnswer, TransportRequest } from "../../actors/transport.ts";
import { below, chance, type RandomStreams, type SeededRandom } from "../../chance/seededRandom.ts";
import { currentActor } from "../actor.ts";
import type { ProvenPlace } from "../provenPlace.ts";
import { insist } from "../sideRequests.ts";
import { virtualAccessToken } from "../virtualTokens.ts";
import type { BuyerHabits } from "./habits.ts";

export interface HabitualBuyersOptions {
  readonly transport: Transport;
  readonly clock: Pick<Clock, "sleep">;
  readonly streams: RandomStreams;
  readonly acknowledged: AcknowledgedLog;
  /** All seats of the performance, also those that no list shows. */
  readonly seatIds: readonly number[];
  readonly accessibleSeatIds: readonly number[];
  placeOf(token: string): ProvenPlace;
  habitsOf(buyer: string): BuyerHabits;
}

export interface HabitualBuyers {
  /** The transport to the API; the habits follow from its requests and answers. */
  readonly transport: Transport;
  /** Resolves when all further requests of the buyer are answered. */
  settled(buyer: string): Promise<void>;
}

/** A request of the session that a habit continues. */
interface Occasion {
  readonly buyer: string;
  readonly target: number;
  readonly request: TransportRequest;
  readonly habits: BuyerHabits;
}

const held = z.object({ reservationId: z.number(), amount: z.number() });
const paid = z.object({ paymentId: z.number() });

/**
 * Lets buyers do more than their session: they leave keys out, extend holds, pay late, ask for more
 * seats than they see or may have, and poll with the token of a place that they have left.
 */
export function habitualBuyers(options: HabitualBuyersOptions): HabitualBuyers {
  const { transport, clock, habitsOf } = options;
  const tasks = new BuyerTasks();
  const second = secondHolds(options);
  const { extend, pollLeft } = laterRequests(options);
  const pauses = new Map<number, Promise<void>>();

  /** Thinks before the first payment of a hold. A repetition thinks together with the first. */
  async function thinkFirst({ request, habits }: Occasion): Promise<void> {
    const { reservationId } = payBody.parse(request.body);
    const pause = pauses.get(reservationId) ?? clock.sleep(habits.paysAfterMs);
    pauses.set(reservationId, pause);
    await pause;
  }

  function follow(occasion: Occasion, answer: TransportAnswer): void {
    const { buyer, request, habits } = occasion;
    if (answer.kind !== "accepted") return;
    if (request.path === HOLD_PATH) {
      const { reservationId } = held.parse(answer.data);
      for (const [at, ms] of habits.extendsAfterMs.entries()) {
        tasks.begin(buyer, `extend ${reservationId} ${at}`, () =>
          extend(occasion, reservationId, ms),
        );
      }
      tasks.begin(buyer, "second", () => second(occasion));
    }
    if (request.method !== "DELETE" || request.path !== "/queue/tokens/me") return;
    for (const [at, ms] of habits.pollsLeftAfterMs.entries()) {
      tasks.begin(buyer, `poll ${request.token} ${at}`, () => pollLeft(occasion, ms));
    }
  }

  return {
    transport: {
      ...transport,
      async send(target, request) {
        const buyer = currentActor()?.name ?? "";
        const habits = habitsOf(buyer);
        const occasion = { buyer, target, request, habits };
        if (request.path === PAY_PATH) await thinkFirst(occasion);
        if (request.path === HOLD_PATH && habits.second?.isTogether) {
          tasks.begin(buyer, "second", () => second(occasion));
        }
        const answer = await transport.send(target, asHabit(request, habits));
        follow(occasion, answer);
        return answer;
      },
    },
    settled: (buyer) => tasks.settled(buyer),
  };
}

/** The further requests of each buyer. A task of one name begins once. */
class BuyerTasks {
  readonly #begun = new Set<string>();
  readonly #ofBuyer = new Map<string, Promise<unknown>[]>();

  begin(buyer: string, name: string, task: () => Promise<unknown>): void {
    const id = `${buyer} ${name}`;
    if (this.#begun.has(id)) return;
    this.#begun.add(id);
    this.#ofBuyer.set(buyer, [...(this.#ofBuyer.get(buyer) ?? []), task()]);
  }

  /** Waits for all tasks of the buyer, also those that began meanwhile. */
  async settled(buyer: string): Promise<void> {
    for (let done = 0; done < (this.#ofBuyer.get(buyer)?.length ?? 0); ) {
      const tasks = this.#ofBuyer.get(buyer) ?? [];
      done = tasks.length;
      await Promise.all(tasks);
    }
  }
}

/** Makes the functions that send a request some time after an answer. */
function laterRequests({ transport, clock, placeOf }: HabitualBuyersOptions) {
  return {
    async extend({ target, request }: Occasion, reservationId: number, afterMs: number) {
      await clock.sleep(afterMs);
      const { userId } = placeOf(request.token ?? "");
      const path = `/reservations/${reservationId}/extend`;
      const token = virtualAccessToken(userId);
      await transport.send(target, { method: "POST", path, token, body: {} });
    },

    async pollLeft({ target, request }: Occasion, afterMs: number) {
      await clock.sleep(afterMs);
      const { token } = request;
      await transport.send(target, { method: "GET", path: "/queue/tokens/me", token });
    },
  };
}

/** The request as a buyer with these habits sends it. */
function asHabit(request: TransportRequest, { isGuest, isKeyless }: BuyerHabits): TransportRequest {
  const { path, body } = request;
  if (isGuest && SEAT_LIST_PATH.test(path)) return { ...request, path: `${path}?accessible=true` };
  const isHold = path === HOLD_PATH;
  const isPurchase = isHold || path === PAY_PATH;
  if (!isPurchase) return request;
  return {
    ...request,
    ...(isKeyless ? { idempotencyKey: undefined } : {}),
    ...(isHold && isGuest ? { body: { ...body, accessible: true } } : {}),
  };
}

/** Makes the function that asks for further seats, and pays, cancels or forgets them. */
function secondHolds(options: HabitualBuyersOptions) {
  const { transport, clock, streams, acknowledged, placeOf } = options;
  return async ({ buyer, target, request, habits }: Occasion): Promise<void> => {
    const { second } = habits;
    if (!second) return;
    const random = streams(`second hold of ${buyer}`);
    if (!second.isTogether) await clock.sleep(second.afterMs);
    const { userId } = placeOf(request.token ?? "");
    const key = (name: string) => (habits.isKeyless ? undefined : `v-second-${name}`);
    // In one process the second hold would wait for the first one.
    const other = { index: target + 1 };
    const send = (one: TransportRequest) => insist({ transport, clock }, other, one);
    const body = { seatIds: someOf(options, second.seatCount, random) };
    const { token } = request;
    const hold = {
      method: "POST",
      path: HOLD_PATH,
      token,
      body,
      idempotencyKey: key("hold"),
    } as const;
    const answer = await send(asHabit(hold, habits));
    if (answer?.kind !== "accepted") return;
    const { reservationId, amount } = held.parse(answer.data);
    acknowledged.reservation(reservationId);
    const access = virtualAccessToken(userId);
    if (second.end === "cancels") {
      await send({ method: "DELETE", path: `/reservations/${reservationId}`, token: access });
    }
    if (second.end !== "pays") return;
    if (amount > 0) {
      const charge = { userId, amount };
      const charged = await send({
        ...{ method: "PUT", path: "/points/charge", token: access, body: charge },
        idempotencyKey: "v-second-charge",
      });
      if (charged?.kind === "accepted") acknowledged.charge(userId, amount);
    }
    const pay = { method: "POST", path: PAY_PATH, token, body: { reservationId } } as const;
    const payment = await send({ ...pay, idempotencyKey: key("pay") });
    if (payment?.kind === "accepted") acknowledged.payment(paid.parse(payment.data).paymentId);
  };
}

/** Draws some of the seats, whatever their state; often an accessible one, which few may hold. */
function someOf(
  { seatIds, accessibleSeatIds }: HabitualBuyersOptions,
  count: number,
  random: SeededRandom,
): number[] {
  const chosen = chance(random, 0.4) ? accessibleSeatIds.slice(0, 1) : [];
  const left = seatIds.filter((id) => !chosen.includes(id));
  while (chosen.length < count && left.length > 0) {
    chosen.push(...left.splice(below(random, left.length), 1));
  }
  return chosen;
}
