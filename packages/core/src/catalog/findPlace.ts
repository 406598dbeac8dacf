import { z } from "zod";
import type { PerformancePlace } from "../ports/catalogStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { PerformanceNotFoundError } from "./errors.ts";

/** Lifetime of the cached queue id of a performance. The queue of a performance is fixed. */
const PLACE_MS = 60_000;

/** Forms of cached values. */
export const dateOrNone = z.union([z.date(), z.undefined()]);
export const placeSchema = z.object({
  id: z.number(),
  concertId: z.number(),
  queueId: z.string(),
  title: z.string(),
  startsAt: z.date(),
  venue: z.string(),
  timeZone: z.string(),
  utcOffsetMinutes: z.number(),
  saleOpensAt: dateOrNone,
  saleClosesAt: dateOrNone,
  seatsPerBuyerMax: z.union([z.number(), z.undefined()]),
});

/**
 * Finds a performance in the cache, without the counts of its free seats.
 * @throws PerformanceNotFoundError
 */
export function findPlace(core: CoreContext, performanceId: number): Promise<PerformancePlace> {
  return core.cache.through({
    key: `performance:${performanceId}`,
    ttlMs: PLACE_MS,
    async load() {
      const found = await core.catalog.findPerformance(null, performanceId);
      if (!found) throw new PerformanceNotFoundError(performanceId);
      return found;
    },
    parse: (copy) => placeSchema.parse(copy),
  });
}
