import {
  type CoreContext,
  chargePoints,
  holdSeats,
  payReservation,
  startWorker,
} from "@onsale/core";
import { latency } from "../../measure/latency.ts";
import { setUpSale } from "../../rush/setUpSale.ts";
import {
  type EventsCell,
  type NotifierState,
  type NotifyWay,
  notifierStates,
  notifyWays,
  SLOW_MS,
} from "../../study/events/eventsReport.ts";
import { withoutOutbox } from "./directEvents.ts";

const ROOM = { activeCountMax: 1_000, admissionRatePerMinute: 1_000, activeTtlMs: 600_000 };

export interface NotifyWaysInput {
  readonly core: CoreContext;
  /** Buyers at the same time. */
  readonly buyers: number;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Measures holds and payments with each way to notify, and each state of the notifier. */
export async function runNotifyWays(input: NotifyWaysInput): Promise<readonly EventsCell[]> {
  const cells: EventsCell[] = [];
  for (const way of notifyWays) {
    for (const notifier of notifierStates) {
      input.signal.throwIfAborted();
      input.onProgress(`${way}, a notifier that is ${notifier}`);
      cells.push(...(await measure(input, way, notifier)));
    }
  }
  return cells;
}

async function measure(
  { core, buyers }: NotifyWaysInput,
  way: NotifyWay,
  notifier: NotifierState,
): Promise<readonly EventsCell[]> {
  const notify = async (): Promise<void> => {
    if (notifier === "failing") throw new Error("the notifier fails");
    if (notifier === "slow") await core.clock.sleep(SLOW_MS);
  };
  const sale = await setUpSale(core, {
    ...{ runId: core.ids.uuid().slice(-12), seats: buyers * 2, zipfExponent: 1, room: ROOM },
  });
  const { queueId } = sale;
  const seat = (at: number): number => sale.hall[at]?.id ?? 0;
  const own = way === "direct" ? withoutOutbox(core, notify) : core;
  const after = way === "in-process" ? notify : async () => {};
  const webhook = { send: notify, probe: notify, capacity: () => Number.POSITIVE_INFINITY };
  const worker = way === "kafka" ? startWorker({ ...core, webhook }) : undefined;
  const all = Array.from({ length: buyers }, (_unused, at) => at);
  const userOf = (at: number): number => seat(at);
  const prepared = await Promise.all(
    all.map(async (at) => {
      const userId = userOf(at);
      await chargePoints(core, { userId, amount: 1_000_000 });
      const held = await holdSeats(core, { userId, seatIds: [seat(buyers + at)], queueId });
      return { userId, reservationId: held.value.reservationId };
    }),
  );
  const hold = await timed(core, all, async (at) => {
    await holdSeats(own, { userId: userOf(at), seatIds: [seat(at)], queueId });
    await after();
  });
  const payment = await timed(core, prepared, async (one) => {
    await payReservation(own, one);
    await after();
  });
  await worker?.stop();
  const rows = await core.seats.ofPerformance(null, sale.performanceId);
  const statuses = await core.seats.find(
    null,
    rows.map(({ id }) => id),
  );
  const held = statuses.filter(({ id, status }) => id <= seat(buyers - 1) && status === "HELD");
  const sold = statuses.filter(({ status }) => status === "SOLD");
  const cell = { way, notifier };
  return [
    { ...cell, request: "hold", ...hold, committedThoughRefused: held.length - hold.accepted },
    {
      ...cell,
      request: "payment",
      ...payment,
      committedThoughRefused: sold.length - payment.accepted,
    },
  ];
}

async function timed<T>(core: CoreContext, items: readonly T[], send: (item: T) => Promise<void>) {
  const times = latency();
  let accepted = 0;
  await Promise.all(
    items.map(async (item) => {
      const startMs = core.clock.monotonicMs();
      const isAccepted = await send(item).then(
        () => true,
        () => false,
      );
      times.record(core.clock.monotonicMs() - startMs);
      if (isAccepted) accepted += 1;
    }),
  );
  const { p50Ms, p95Ms, p99Ms } = times.summary();
  return { accepted, refused: items.length - accepted, p50Ms, p95Ms, p99Ms };
}
