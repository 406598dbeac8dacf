import { z } from "zod";
import type { ConcertFilter, ConcertSummary, PerformanceSummary } from "../ports/catalogStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { WrongQueueError } from "../queue/errors.ts";
import { fingerprintOf } from "../shared/idempotencyFingerprint.ts";
import { ConcertNotFoundError } from "./errors.ts";
import { dateOrNone, placeSchema } from "./findPlace.ts";

/**
 * Lifetime of the cached counts of free seats: with the copy of each process, they are at most one
 * second old. A buyer does not notice this age, because the counts change while the buyer reads
 * them.
 */
const COUNTS_MS = 800;

const countsSchema = z.object({
  availableSeats: z.number(),
  availableAccessibleSeats: z.number(),
});
const concertSchema: z.ZodType<ConcertSummary> = countsSchema.extend({
  id: z.number(),
  title: z.string(),
  singer: z.string(),
  queueId: z.string(),
  startsAt: dateOrNone,
  endsAt: dateOrNone,
  startDate: z.union([z.string(), z.undefined()]),
  endDate: z.union([z.string(), z.undefined()]),
});
const performanceSchema: z.ZodType<PerformanceSummary> = placeSchema.extend(countsSchema.shape);
const concertsSchema = z.array(concertSchema);
const datesSchema = z.object({
  concert: concertSchema,
  performances: z.array(performanceSchema),
});

/** Lists the concerts that match the filter, by id. */
export async function listConcerts(
  core: CoreContext,
  filter: ConcertFilter,
): Promise<readonly ConcertSummary[]> {
  return core.cache.through<readonly ConcertSummary[]>({
    key: `concerts:${fingerprintOf(filter)}`,
    ttlMs: COUNTS_MS,
    load: () => core.catalog.listConcerts(null, filter),
    parse: (copy) => concertsSchema.parse(copy),
  });
}

interface Dates {
  readonly concert: ConcertSummary;
  readonly performances: readonly PerformanceSummary[];
}

/**
 * Lists the concert's performances that have not begun and whose sale has not ended, the earliest
 * first.
 * @throws ConcertNotFoundError, WrongQueueError
 */
export async function availableDates(
  core: CoreContext,
  { concertId, queueId }: { concertId: number; queueId: string },
): Promise<readonly PerformanceSummary[]> {
  const { concert, performances } = await core.cache.through<Dates>({
    key: `dates:${concertId}`,
    ttlMs: COUNTS_MS,
    async load() {
      const found = await core.catalog.findConcert(null, concertId);
      // An error is not kept, so a concert that is created now is found immediately.
      if (!found) throw new ConcertNotFoundError(concertId);
      return { concert: found, performances: await core.catalog.performancesOf(null, concertId) };
    },
    parse: (copy) => datesSchema.parse(copy),
  });
  if (concert.queueId !== queueId) throw new WrongQueueError(concert.queueId);
  const nowMs = core.clock.nowMs();
  return performances.filter(
    ({ startsAt, saleClosesAt }) =>
      startsAt.getTime() > nowMs && (!saleClosesAt || saleClosesAt.getTime() > nowMs),
  );
}
