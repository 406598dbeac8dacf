import type {
  AvailableSeat,
  ConcertFilter,
  ConcertSummary,
  PerformanceSummary,
} from "../ports/catalogStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { WrongQueueError } from "../queue/errors.ts";
import { fingerprintOf } from "../shared/idempotencyFingerprint.ts";
import { ConcertNotFoundError, PerformanceNotFoundError } from "./errors.ts";

/** Counts of free seats may be this old: they change while one reads them anyway. */
const COUNTS_MS = 1_000;
/** A list of free seats is stale at once in a rush; this only joins requests of the same moment. */
const SEATS_MS = 200;
/** Which concert and queue a performance belongs to does not change. */
const PLACE_MS = 60_000;

/** Concerts that match the filter, by id. */
export async function listConcerts(
  core: CoreContext,
  filter: ConcertFilter,
): Promise<readonly ConcertSummary[]> {
  const key = `concerts:${fingerprintOf(filter)}`;
  const concerts = await core.cache.through(key, COUNTS_MS, () =>
    core.catalog.listConcerts(null, filter),
  );
  return concerts.map((concert) => ({
    ...concert,
    startsAt: revivedDate(concert.startsAt),
    endsAt: revivedDate(concert.endsAt),
  }));
}

/**
 * The concert's coming performances, soonest first.
 * @throws ConcertNotFoundError, WrongQueueError
 */
export async function availableDates(
  core: CoreContext,
  { concertId, queueId }: { concertId: number; queueId: string },
): Promise<readonly PerformanceSummary[]> {
  const { concert, performances } = await core.cache.through(
    `dates:${concertId}`,
    COUNTS_MS,
    async () => ({
      concert: await core.catalog.findConcert(null, concertId),
      performances: await core.catalog.performancesOf(null, concertId),
    }),
  );
  if (!concert) throw new ConcertNotFoundError(concertId);
  if (concert.queueId !== queueId) throw new WrongQueueError(concert.queueId);
  const nowMs = core.clock.nowMs();
  return performances
    .map((performance) => ({ ...performance, startsAt: new Date(performance.startsAt) }))
    .filter((performance) => performance.startsAt.getTime() > nowMs);
}

/**
 * The seats that can be held now, by seat id.
 * @throws PerformanceNotFoundError, WrongQueueError
 */
export async function availableSeats(
  core: CoreContext,
  { performanceId, queueId }: { performanceId: number; queueId: string },
): Promise<readonly AvailableSeat[]> {
  const performance = await core.cache.through(
    `performance:${performanceId}`,
    PLACE_MS,
    async () => {
      const found = await core.catalog.findPerformance(null, performanceId);
      if (!found) throw new PerformanceNotFoundError(performanceId);
      return found;
    },
  );
  if (performance.queueId !== queueId) throw new WrongQueueError(performance.queueId);
  return core.cache.through(`seats:${performanceId}`, SEATS_MS, () =>
    core.catalog.availableSeats(null, performanceId),
  );
}

/** A cached value went through JSON, where a date is text. */
function revivedDate(value: Date | undefined): Date | undefined {
  return value === undefined ? undefined : new Date(value);
}
