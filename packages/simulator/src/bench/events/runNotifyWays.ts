import {
  type CoreContext,
  chargePoints,
  holdSeats,
  payReservation,
  startWorker,
} from "@onsale/core";
import { latency } from "../../measure/latency.ts";
import { sum } from "../../measure/sum.ts";
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
  /** How often each way is measured. The rounds of all ways and notifiers alternate. */
  readonly rounds: number;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The answers to one kind of request, in one round or in all. */
interface Answers {
  /** Of each answer, accepted and refused. */
  readonly timesMs: readonly number[];
  readonly accepted: number;
  readonly committed: number;
}

/** Measures holds and payments with each way to notify, and each state of the notifier. */
export async function runNotifyWays(input: NotifyWaysInput): Promise<readonly EventsCell[]> {
  const kinds = notifyWays.flatMap((way) =>
    notifierStates.map((notifier) => ({
      way,
      notifier,
      holds: [] as Answers[],
      payments: [] as Answers[],
    })),
  );
  for (let round = 1; round <= input.rounds; round++) {
    for (const { way, notifier, holds, payments } of kinds) {
      input.signal.throwIfAborted();
      input.onProgress(`round ${round}: ${way}, a notifier that is ${notifier}`);
      const { hold, payment } = await measure(input, way, notifier);
      holds.push(hold);
      payments.push(payment);
    }
  }
  return kinds.flatMap(({ way, notifier, holds, payments }) => [
    cellOf({ way, notifier, request: "hold" }, holds),
    cellOf({ way, notifier, request: "payment" }, payments),
  ]);
}

function cellOf(
  kind: Pick<EventsCell, "way" | "notifier" | "request">,
  rounds: readonly Answers[],
): EventsCell {
  const all = latency();
  const medians = rounds.map(({ timesMs }) => {
    const own = latency();
    for (const ms of timesMs) {
      all.record(ms);
      own.record(ms);
    }
    return own.summary().p50Ms;
  });
  const { p50Ms, p95Ms, p99Ms, count } = all.summary();
  const accepted = sum(rounds.map((round) => round.accepted));
  return {
    ...{ ...kind, accepted, refused: count - accepted },
    committedThoughRefused: sum(rounds.map((round) => round.committed)) - accepted,
    ...{ p50Ms, p95Ms, p99Ms, p50RangeMs: [Math.min(...medians), Math.max(...medians)] },
  };
}

async function measure(
  { core, buyers }: NotifyWaysInput,
  way: NotifyWay,
  notifier: NotifierState,
): Promise<{ readonly hold: Answers; readonly payment: Answers }> {
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
  return {
    hold: { ...hold, committed: held.length },
    payment: { ...payment, committed: sold.length },
  };
}

async function timed<T>(core: CoreContext, items: readonly T[], send: (item: T) => Promise<void>) {
  const timesMs: number[] = [];
  let accepted = 0;
  await Promise.all(
    items.map(async (item) => {
      const startMs = core.clock.monotonicMs();
      const isAccepted = await send(item).then(
        () => true,
        () => false,
      );
      timesMs.push(core.clock.monotonicMs() - startMs);
      if (isAccepted) accepted += 1;
    }),
  );
  return { timesMs, accepted };
}
