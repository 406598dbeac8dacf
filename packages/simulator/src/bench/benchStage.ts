import {
  type CoreContext,
  configureQueue,
  createConcert,
  createPerformance,
  joinQueue,
  promoteWaiting,
} from "@onsale/core";

/** The place of a measurement: seats nobody has touched and buyers who are already admitted. */
export interface BenchStage {
  readonly performanceId: number;
  readonly price: number;
  readonly buyers: readonly { readonly userId: number; readonly token: string }[];
  /** Seats that no round has had yet. */
  takeSeats(count: number): readonly number[];
}

const QUEUE_ID = "bench";
const PRICE = 100;
const DAY_MS = 24 * 60 * 60 * 1000;
/** An admission outlives any benchmark. */
const ACTIVE_TTL_MS = 12 * 60 * 60 * 1000;
/** Fewer rows a statement keeps the insert of a large hall below the packet limit. */
const SEATS_PER_PERFORMANCE_MAX = 100_000;
const ADMISSIONS_MAX = 1_000_000;

/**
 * Creates the seats and admits the buyers, through the product's own workflows.
 * @param seats how many seats all rounds need together
 */
export async function setTheStage(
  core: CoreContext,
  options: { seats: number; buyers: number },
): Promise<BenchStage> {
  const settings = {
    activeCountMax: ADMISSIONS_MAX,
    admissionRatePerMinute: ADMISSIONS_MAX,
    activeTtlMs: ACTIVE_TTL_MS,
    activationMs: ACTIVE_TTL_MS,
    mode: "open",
  } as const;
  const concert = await createConcert(core, {
    title: "Benchmark",
    singer: "The Baselines",
    queueId: QUEUE_ID,
  });
  await configureQueue(core, { queueId: QUEUE_ID, settings });
  if (options.seats > SEATS_PER_PERFORMANCE_MAX) throw new Error("Fewer rounds or holds, please");
  const { performanceId } = await createPerformance(core, {
    concertId: concert.id,
    startsAt: new Date(core.clock.nowMs() + DAY_MS),
    venue: "Bench",
    seats: Array.from({ length: options.seats }, (_, index) => ({
      seatNo: `A-${index + 1}`,
      section: "A",
      price: PRICE,
    })),
  });
  const rows = await core.seats.ofPerformance(null, performanceId);
  const seatIds = rows.map((row) => row.id);
  let taken = 0;
  return {
    performanceId,
    price: PRICE,
    buyers: await admitBuyers(core, options.buyers),
    takeSeats(count) {
      const some = seatIds.slice(taken, taken + count);
      if (some.length < count) throw new Error("The stage has too few seats");
      taken += count;
      return some;
    },
  };
}

async function admitBuyers(core: CoreContext, count: number): Promise<BenchStage["buyers"]> {
  const userIds = Array.from({ length: count }, (_, index) => index + 1);
  const buyers: { userId: number; token: string }[] = [];
  for (const userId of userIds) {
    const { token } = await joinQueue(core, { queueId: QUEUE_ID, userId });
    buyers.push({ userId, token });
  }
  for (;;) {
    const { waiting, promoted } = await promoteWaiting(core, { queueId: QUEUE_ID });
    if (waiting === 0) return buyers;
    if (promoted === 0) throw new Error(`${waiting} buyers are not let in`);
  }
}
