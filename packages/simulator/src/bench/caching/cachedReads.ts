import { createConcert, createPerformance } from "@onsale/core";
import type { CachedReadName } from "../../study/caching/cachingReport.ts";
import type { BenchGround } from "../benchGround.ts";
import { type BenchBuyer, type BenchStage, SEAT_PRICE, setTheStage } from "../benchStage.ts";
import { userIdsFrom } from "../cases/userIds.ts";
import { requestText } from "../load/loadPlan.ts";

/** One read of the catalog, as requests. */
export interface CachedRead {
  readonly name: CachedReadName;
  /** The life of the shared copy, ms. */
  readonly ttlMs: number;
  /** The statements with which MySQL answers the read. */
  readonly statements: readonly string[];
  /** The same read of every buyer. */
  readonly hot: readonly string[];
  /** Reads of as many different keys, whose answers have the same size. */
  readonly cold: readonly string[];
}

/** The catalog of the study, and the buyers who read it. */
export interface CachingStage {
  readonly reads: readonly CachedRead[];
  readonly stage: BenchStage;
  readonly buyers: readonly BenchBuyer[];
  /** The concert and the performance of the reads that every buyer repeats. */
  readonly concertId: number;
  readonly performanceId: number;
  readonly seatIds: readonly number[];
}

/** Buyers whose tokens the requests use in turns. */
const BUYERS = 100;
const QUEUE_ID = "study";
const SINGER = "Cachedcopies";
const DAY_MS = 24 * 60 * 60 * 1000;
/** The page of the list that clients get by default. */
const PAGE = 20;

/** @param concerts number of concerts, each with one performance of `seats` seats */
export async function setCachingStage(
  ground: BenchGround,
  { concerts, seats }: { readonly concerts: number; readonly seats: number },
): Promise<CachingStage> {
  const { core, signal } = ground;
  const stage = await setTheStage(core, QUEUE_ID);
  const ids: { readonly concertId: number; readonly performanceId: number }[] = [];
  const hall = Array.from({ length: seats }, (_, index) => ({
    ...{ seatNo: `A-${index + 1}`, section: "A", price: SEAT_PRICE },
  }));
  for (let number = 0; number < concerts; number++) {
    signal.throwIfAborted();
    const titles = { title: `Study ${number}`, singer: SINGER, queueId: QUEUE_ID };
    const { id: concertId } = await createConcert(core, titles);
    const startsAt = new Date(core.clock.nowMs() + DAY_MS);
    const performance = { concertId, startsAt, venue: "Study", seats: hall };
    ids.push({
      concertId,
      performanceId: (await createPerformance(core, performance)).performanceId,
    });
  }
  const buyers = await stage.admit(userIdsFrom(1, BUYERS));
  const [first] = ids;
  if (!first) throw new RangeError("the study needs a concert");
  const rows = await core.seats.ofPerformance(null, first.performanceId);
  return {
    ...{ stage, buyers, ...first, seatIds: rows.map(({ id }) => id) },
    reads: readsOf(buyers, ids),
  };
}

function readsOf(
  buyers: readonly BenchBuyer[],
  ids: readonly { readonly concertId: number; readonly performanceId: number }[],
): readonly CachedRead[] {
  const tokens = buyers.map(({ token }) => token);
  const get = (path: string, token = tokens[0]): string =>
    requestText({ method: "GET", path: `/api/v1/concerts${path}`, token });
  const hot = (path: string): string[] => tokens.map((token) => get(path, token));
  const dates = ids.map(({ concertId }) => `/${concertId}/available-dates`);
  const seats = ids.map(({ performanceId }) => `/${performanceId}/available-seats`);
  return [
    {
      ...{ name: "concertList", ttlMs: 800, statements: ["catalog.listConcerts"] },
      hot: hot(`?limit=${PAGE}`),
      // Each spelling of the singer makes a key of its own, and matches every concert.
      cold: ids.map((_, index) => get(`?limit=${PAGE}&singer=${spelling(index)}`)),
    },
    {
      ...{ name: "dates", ttlMs: 800 },
      statements: ["catalog.findConcert", "catalog.performancesOf"],
      ...{ hot: hot(dates[0] ?? ""), cold: dates.map((path) => get(path)) },
    },
    {
      ...{ name: "seats", ttlMs: 200, statements: ["catalog.freeSeatIds"] },
      ...{ hot: hot(seats[0] ?? ""), cold: seats.map((path) => get(path)) },
    },
  ];
}

/** The singer's name in upper and lower case letters, by the bits of the number. */
function spelling(number: number): string {
  return [...SINGER]
    .map((letter, bit) => ((number >> bit) & 1 ? letter.toUpperCase() : letter.toLowerCase()))
    .join("");
}
