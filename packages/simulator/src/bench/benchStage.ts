import {
  type CoreContext,
  configureQueue,
  createConcert,
  createPerformance,
  joinQueue,
  promoteWaiting,
} from "@onsale/core";

/** The fixture of a measurement: unused seats, and buyers who are already admitted. */
export interface BenchStage {
  readonly performanceId: number;
  readonly price: number;
  readonly buyers: readonly { readonly userId: number; readonly token: string }[];
  /** Returns seats that no round has used yet. */
  takeSeats(count: number): readonly number[];
}

const QUEUE_ID = "bench";
const PRICE = 100;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Length of an admission, ms: longer than any benchmark, so that no admission expires. */
const ACTIVE_TTL_MS = 12 * 60 * 60 * 1000;
/** Maximum number of seats, so that the INSERT of a large hall stays below MySQL's packet limit. */
const SEATS_MAX = 100_000;
const ADMISSIONS_MAX = 1_000_000;

/**
 * Creates the seats and admits the buyers, through the product's own workflows. Each round has its
 * own performance. A hold reads the buyer's earlier seats of its performance, so a hold then reads
 * few rows.
 */
export async function setTheStage(
  core: CoreContext,
  options: { rounds: number; seatsPerRound: number; buyers: number },
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
  const { rounds, seatsPerRound } = options;
  if (rounds * seatsPerRound > SEATS_MAX) throw new Error("Choose fewer rounds or holds");
  const performanceIds: number[] = [];
  const seatIds: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { performanceId } = await createPerformance(core, {
      concertId: concert.id,
      startsAt: new Date(core.clock.nowMs() + DAY_MS),
      venue: "Bench",
      seats: Array.from({ length: seatsPerRound }, (_, index) => ({
        seatNo: `A-${index + 1}`,
        section: "A",
        price: PRICE,
      })),
    });
    performanceIds.push(performanceId);
    const rows = await core.seats.ofPerformance(null, performanceId);
    seatIds.push(...rows.map((row) => row.id));
  }
  const [performanceId] = performanceIds;
  if (performanceId === undefined) throw new Error("A measurement has at least one round");
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
    if (promoted === 0) throw new Error(`${waiting} buyers were not admitted`);
  }
}
