import {
  type BackgroundLoop,
  backgroundLoop,
  type CoreContext,
  chargePoints,
  holdSeats,
  type OpenCoreOptions,
  type OpenedCore,
  outboxRelay,
  payReservation,
  ROUND_MS_MIN,
} from "@onsale/core";
import { SEAT_PRICE, setTheStage, sideBySide } from "../bench/benchStage.ts";
import { distributionOf } from "./measureServices.ts";
import { applyToPayments } from "./paymentService.ts";
import { applyToReservations, requestPayment } from "./reservationService.ts";
import { openSagaJournal, REFUSALS, REQUESTS } from "./sagaJournal.ts";
import { readMessage, type ServiceCore } from "./serviceCore.ts";
import type { LiveFigures } from "./servicesReport.ts";
import { DESIGNED } from "./split.ts";

/** The services of the measurement: the product as it is, and the two services of the split. */
export const LIVE_SERVICES = ["onsale", "reservation", "payment"] as const;
export type LiveServiceName = (typeof LIVE_SERVICES)[number];

/** The servers of the measurement. Each service has a database and topics of its own. */
export interface LiveServiceServers {
  open(service: LiveServiceName, options: OpenCoreOptions): Promise<OpenedCore>;
  /** The prefix of the service's topics. */
  topicPrefix(service: LiveServiceName): string;
}

export interface LiveServicesPlan {
  /** Payments of each measurement. */
  readonly payments: number;
  readonly signal: AbortSignal;
  readonly onMeasure: (text: string) => void;
}

/** Buyers whose payments are not measured; they open connections, topics and groups. */
const WARM_UP = 20;
const IN_FLIGHT = [1, 16] as const;
/** A message that takes longer is lost: an error, not a figure. */
const ANSWER_MS_MAX = 30_000;

/** A buyer with a hold. */
interface Holder {
  readonly userId: number;
  readonly reservationId: number;
}

/**
 * Measures a payment on real servers: in one transaction, as the product does, and in three
 * transactions of two databases with two messages through Kafka between them.
 */
export async function measureLiveServices(
  servers: LiveServiceServers,
  plan: LiveServicesPlan,
): Promise<readonly LiveFigures[]> {
  const whole = await openLive(servers, "onsale");
  const reservations = await openLive(servers, "reservation");
  const payments = await openLive(servers, "payment");
  const saga = liveSaga(servers, reservations, payments);
  try {
    await saga.start();
    const ways = [
      { isSplit: false, sale: whole, bank: whole, pay: payAtOnce(whole.service.core) },
      { isSplit: true, sale: reservations, bank: payments, pay: saga.pay },
    ];
    const figures: LiveFigures[] = [];
    for (const { isSplit, sale, bank, pay } of ways) {
      const holders = await openHolders(sale.service.core, bank.service.core);
      await inFlight(1, await holders(WARM_UP), pay, plan.signal);
      for (const width of IN_FLIGHT) {
        plan.onMeasure(`${isSplit ? "two services" : "one transaction"}, ${width} in flight`);
        const buyers = await holders(plan.payments);
        const startedMs = performance.now();
        const ms = await inFlight(width, buyers, pay, plan.signal);
        const seconds = (performance.now() - startedMs) / 1000;
        const perSecond = Math.round(ms.length / seconds);
        figures.push({
          ...{ isSplit, inFlight: width, payments: ms.length, perSecond },
          ms: distributionOf(ms),
        });
      }
    }
    return figures;
  } finally {
    await saga.stop();
    await Promise.all([whole, reservations, payments].map((one) => one.close()));
  }
}

/** Makes the function that creates buyers with points and a hold. */
async function openHolders(sale: CoreContext, bank: CoreContext) {
  const queueId = "services";
  const stage = await setTheStage(sale, queueId);
  let lastUserId = 0;
  return async (count: number): Promise<readonly Holder[]> => {
    const { seatIds } = await stage.addSeats(count);
    return sideBySide(seatIds, async (seatId) => {
      lastUserId += 1;
      const userId = lastUserId;
      await chargePoints(bank, { userId, amount: SEAT_PRICE });
      const { value } = await holdSeats(sale, { userId, seatIds: [seatId], queueId });
      return { userId, reservationId: value.reservationId };
    });
  };
}

interface LiveService {
  readonly service: ServiceCore;
  readonly relay: BackgroundLoop;
  close(): Promise<void>;
}

async function openLive(servers: LiveServiceServers, name: LiveServiceName): Promise<LiveService> {
  const { databaseChange, journal } = openSagaJournal();
  const { core, close } = await servers.open(name, { databaseChange, role: "all" });
  const relay = outboxRelay(core);
  const loop = backgroundLoop({
    ...{ name: "outbox-relay", clock: core.clock, failureMs: 1_000, runOnce: relay.runOnce },
    ...{ idleMs: core.config.outbox.pollMs, intervalMinMs: ROUND_MS_MIN },
    onError: (error) =>
      core.log.warn({ event: "loop.iteration_failed", reason: String(error) }, "The relay failed"),
  });
  return { service: { core, journal, faults: DESIGNED }, relay: loop, close };
}

function payAtOnce(core: CoreContext): (holder: Holder) => Promise<void> {
  // The buyers have no place in the waiting room.
  const place = { queueId: "none", sequence: 0 };
  return async (holder) => {
    await payReservation(core, { ...holder, place });
  };
}

/** The two services with their relays and consumers, and the way to wait for a payment. */
function liveSaga(servers: LiveServiceServers, sale: LiveService, money: LiveService) {
  const waiting = new Map<number, () => void>();
  const stopping: (() => Promise<void>)[] = [];
  const prefixOf = servers.topicPrefix;

  async function start(): Promise<void> {
    sale.relay.start();
    money.relay.start();
    stopping.push(sale.relay.stop, money.relay.stop);
    const ofPayments = await money.service.core.consumers.run({
      consumer: `${prefixOf("payment")}consumer`,
      topics: [`${prefixOf("reservation")}${REQUESTS}`],
      async handle(received) {
        await applyToPayments(money.service, readMessage(received));
        money.relay.nudge();
      },
    });
    stopping.push(ofPayments.stop);
    const ofReservations = await sale.service.core.consumers.run({
      consumer: `${prefixOf("reservation")}consumer`,
      topics: [`${prefixOf("payment")}payment`, `${prefixOf("payment")}${REFUSALS}`],
      async handle(received) {
        const message = readMessage(received);
        await applyToReservations(sale.service, message);
        sale.relay.nudge();
        if (message.type === "payment.captured") {
          waiting.get(message.payload.reservationId ?? 0)?.();
        }
      },
    });
    stopping.push(ofReservations.stop);
  }

  async function pay(holder: Holder): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.set(holder.reservationId, resolve);
    await requestPayment(sale.service, holder);
    sale.relay.nudge();
    const late = new AbortController();
    const { clock } = sale.service.core;
    const outcome = await Promise.race([
      promise.then(() => "settled"),
      clock.sleep(ANSWER_MS_MAX, late.signal).then(() => "late"),
    ]);
    late.abort("answered");
    waiting.delete(holder.reservationId);
    if (outcome === "late") throw new Error(`no answer for reservation ${holder.reservationId}`);
  }

  return {
    start,
    pay,
    async stop(): Promise<void> {
      await Promise.all(stopping.map((stop) => stop()));
    },
  };
}

/** Pays for all buyers, some at a time. @returns the time of each payment, ms */
async function inFlight(
  width: number,
  holders: readonly Holder[],
  pay: (holder: Holder) => Promise<void>,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const ms: number[] = [];
  const left = holders.values();
  const worker = async (): Promise<void> => {
    for (const holder of left) {
      signal.throwIfAborted();
      const startedMs = performance.now();
      await pay(holder);
      ms.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return ms;
}
