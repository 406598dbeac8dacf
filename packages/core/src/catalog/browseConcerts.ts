import { z } from "zod";
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

/**
 * Maximum age of the cached counts of free seats. A buyer does not notice this age, because the
 * counts change while the buyer reads them.
 */
const COUNTS_MS = 1_000;
/**
 * Maximum age of a cached list of free seats. The cache only shares one read among requests that
 * arrive together.
 */
const SEATS_MS = 200;
/** Maximum age of the cached queue id of a performance. The queue of a performance is fixed. */
const PLACE_MS = 60_000;

const dateOrNone = z.union([z.date(), z.undefined()]);
const concertSchema: z.ZodType<ConcertSummary> = z.object({
  id: z.number(),
  title: z.string(),
  singer: z.string(),
  queueId: z.string(),
  startsAt: dateOrNone,
  endsAt: dateOrNone,
  availableSeats: z.number(),
});
const placeSchema = z.object({
  id: z.number(),
  concertId: z.number(),
  queueId: z.string(),
  title: z.string(),
  startsAt: z.date(),
  venue: z.string(),
  saleOpensAt: dateOrNone,
  saleClosesAt: dateOrNone,
});
const performanceSchema: z.ZodType<PerformanceSummary> = placeSchema.extend({
  availableSeats: z.number(),
});
const seatSchema: z.ZodType<AvailableSeat> = z.object({
  id: z.number(),
  seatNo: z.string(),
  price: z.number(),
});
const concertsSchema = z.array(concertSchema);
const datesSchema = z.object({
  concert: z.union([concertSchema, z.undefined()]),
  performances: z.array(performanceSchema),
});
const seatsSchema = z.array(seatSchema);

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
  readonly concert: ConcertSummary | undefined;
  readonly performances: readonly PerformanceSummary[];
}

/**
 * Lists the concert's future performances, the earliest first.
 * @throws ConcertNotFoundError, WrongQueueError
 */
export async function availableDates(
  core: CoreContext,
  { concertId, queueId }: { concertId: number; queueId: string },
): Promise<readonly PerformanceSummary[]> {
  const { concert, performances } = await core.cache.through<Dates>({
    key: `dates:${concertId}`,
    ttlMs: COUNTS_MS,
    load: async () => ({
      concert: await core.catalog.findConcert(null, concertId),
      performances: await core.catalog.performancesOf(null, concertId),
    }),
    parse: (copy) => datesSchema.parse(copy),
  });
  if (!concert) throw new ConcertNotFoundError(concertId);
  if (concert.queueId !== queueId) throw new WrongQueueError(concert.queueId);
  const nowMs = core.clock.nowMs();
  return performances.filter((performance) => performance.startsAt.getTime() > nowMs);
}

/**
 * Lists the seats that can be held now, by seat id.
 * @throws PerformanceNotFoundError, WrongQueueError
 */
export async function availableSeats(
  core: CoreContext,
  { performanceId, queueId }: { performanceId: number; queueId: string },
): Promise<readonly AvailableSeat[]> {
  const performance = await core.cache.through({
    key: `performance:${performanceId}`,
    ttlMs: PLACE_MS,
    async load() {
      const found = await core.catalog.findPerformance(null, performanceId);
      if (!found) throw new PerformanceNotFoundError(performanceId);
      return found;
    },
    parse: (copy) => placeSchema.parse(copy),
  });
  if (performance.queueId !== queueId) throw new WrongQueueError(performance.queueId);
  return core.cache.through<readonly AvailableSeat[]>({
    key: `seats:${performanceId}`,
    ttlMs: SEATS_MS,
    load: () => core.catalog.availableSeats(null, performanceId),
    parse: (copy) => seatsSchema.parse(copy),
  });
}
