import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { DEFAULT_QUEUE_ID, defaultSettings } from "../queue/knownQueues.ts";
import type { NewConcertPlan, NewPerformancePlan } from "./concertPlan.ts";
import { seatsOf } from "./seatPlan.ts";

/**
 * Creates a concert with its queue, performances and seats in the caller's transaction, so that no
 * buyer sees a part of it. A queue that exists keeps its settings.
 * @param plan a parsed plan
 * @throws TwinSeatsError when the database treats two seat numbers as equal
 */
export async function createWholeConcert(
  core: CoreContext,
  tx: Tx,
  plan: NewConcertPlan,
): Promise<{ concertId: number; performanceIds: readonly number[] }> {
  const { title, singer, queue } = plan;
  const queueId = queue?.id ?? DEFAULT_QUEUE_ID;
  const settings = { ...defaultSettings(core), ...defined(queue?.settings ?? {}) };
  await core.admissions.ensureQueue(tx, queueId, settings);
  const concertId = await core.catalog.insertConcert(tx, { title, singer, queueId });
  const performanceIds: number[] = [];
  for (const performance of plan.performances) {
    performanceIds.push(await insertWholePerformance(core, tx, concertId, performance));
  }
  return { concertId, performanceIds };
}

/** Adds a performance with its seats in the caller's transaction. @returns its id */
export async function insertWholePerformance(
  core: CoreContext,
  tx: Tx,
  concertId: number,
  { startsAt, venue, timeZone, sale, seatsPerBuyerMax, sections }: NewPerformancePlan,
): Promise<number> {
  const performanceId = await core.catalog.insertPerformance(tx, {
    ...{ concertId, venue, timeZone, startsAt: new Date(startsAt), seatsPerBuyerMax },
    saleOpensAt: sale?.opensAt === undefined ? undefined : new Date(sale.opensAt),
    saleClosesAt: sale?.closesAt === undefined ? undefined : new Date(sale.closesAt),
  });
  await core.catalog.insertSeats(tx, performanceId, seatsOf(sections));
  return performanceId;
}

/** The settings without those that are undefined. */
function defined(
  settings: NonNullable<NonNullable<NewConcertPlan["queue"]>["settings"]>,
): Partial<ReturnType<typeof defaultSettings>> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
