import * as ownWorkflows from "@onsale/core";
import type { StageWorkflows } from "./benchGround.ts";

/** A buyer with a queue token. */
export interface BenchBuyer {
  readonly userId: number;
  readonly token: string;
  /** The advised pause before the next poll, ms. */
  readonly pollAfterMs: number;
}

/** The fixture of a benchmark: a queue with its concert, and the buyers in it. */
export interface BenchStage {
  readonly queueId: string;
  /** Creates a performance with unused seats. */
  addSeats(count: number): Promise<{ performanceId: number; seatIds: readonly number[] }>;
  /** Adds buyers to the queue, at its end. */
  join(userIds: readonly number[]): Promise<readonly BenchBuyer[]>;
  /** Adds buyers, and admits every buyer who waits. */
  admit(userIds: readonly number[]): Promise<readonly BenchBuyer[]>;
  /** Adds buyers to a queue with the limits of a sale. They wait, because no worker runs. */
  waitAsInASale(userIds: readonly number[]): Promise<readonly BenchBuyer[]>;
}

/** The price of every seat, in points. */
export const SEAT_PRICE = 100;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Length of an admission, ms: longer than any benchmark, so that no admission expires. */
const ACTIVE_TTL_MS = 12 * 60 * 60 * 1000;
const ADMISSIONS_MAX = 1_000_000;
/** The admission rate allows a second's buyers at once, so a larger number takes some seconds. */
const ADMISSION_MS = 100;
const FRUITLESS_MAX = 50;

/** The defaults of the product. The advised pauses follow from them. */
const SALE_LIMITS = {
  activeCountMax: 1000,
  admissionRatePerMinute: 6000,
  activeTtlMs: 600_000,
  activationMs: 60_000,
} as const;

/** Number of workflow calls that run side by side. */
const AT_A_TIME = 32;

/**
 * Creates the queue and its concert through the product's own workflows.
 * @param workflows those of the version that `core` comes from
 */
export async function setTheStage(
  core: ownWorkflows.CoreContext,
  queueId: string,
  workflows: StageWorkflows = ownWorkflows,
): Promise<BenchStage> {
  const { configureQueue, createConcert, createPerformance } = workflows;
  const { joinQueue, promoteWaiting, queueStatus } = workflows;
  const settings = {
    activeCountMax: ADMISSIONS_MAX,
    admissionRatePerMinute: ADMISSIONS_MAX,
    activeTtlMs: ACTIVE_TTL_MS,
    activationMs: ACTIVE_TTL_MS,
    mode: "open",
  } as const;
  const concert = await createConcert(core, {
    title: `Benchmark ${queueId}`,
    singer: "The Baselines",
    queueId,
  });
  await configureQueue(core, { queueId, settings });
  const join: BenchStage["join"] = (userIds) =>
    sideBySide(userIds, async (userId) => {
      const { token, pollAfterMs } = await joinQueue(core, { queueId, userId });
      return { userId, token, pollAfterMs };
    });
  return {
    queueId,
    join,
    async addSeats(count) {
      const { performanceId } = await createPerformance(core, {
        concertId: concert.id,
        startsAt: new Date(core.clock.nowMs() + DAY_MS),
        venue: "Bench",
        seats: Array.from({ length: count }, (_, index) => ({
          seatNo: `A-${index + 1}`,
          section: "A",
          price: SEAT_PRICE,
        })),
      });
      const rows = await core.seats.ofPerformance(null, performanceId);
      return { performanceId, seatIds: rows.map((row) => row.id) };
    },
    async waitAsInASale(userIds) {
      await configureQueue(core, { queueId, settings: SALE_LIMITS });
      const buyers = await join(userIds);
      // The line was still short when most of them joined. The pause is that of the whole line.
      return sideBySide(buyers, async ({ userId, token }) => {
        const { pollAfterMs } = await queueStatus(core, { queueId, userId, token });
        return { userId, token, pollAfterMs };
      });
    },
    async admit(userIds) {
      const buyers = await join(userIds);
      for (let fruitless = 0; ; ) {
        const { waiting, promoted } = await promoteWaiting(core, { queueId });
        if (waiting === 0) return buyers;
        fruitless = promoted === 0 ? fruitless + 1 : 0;
        if (fruitless === FRUITLESS_MAX) throw new Error(`${waiting} buyers were not admitted`);
        if (fruitless > 0) await core.clock.sleep(ADMISSION_MS);
      }
    },
  };
}

/** Calls a workflow for each item, some of them side by side. Keeps the order of the items. */
export async function sideBySide<T, R>(
  items: readonly T[],
  call: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await call(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return results;
}
