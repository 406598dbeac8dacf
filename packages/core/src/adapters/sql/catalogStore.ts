import { TwinSeatsError } from "../../catalog/errors.ts";
import type { CatalogStore, PerformanceDetails } from "../../ports/catalogStore.ts";
import { DEFAULT_TIME_ZONE, utcOffsetMinutesAt } from "../../shared/venueTime.ts";
import type { FailureKind } from "../shared/failureKind.ts";
import { SEATS_PER_STATEMENT_MAX, statementParts } from "../shared/statementParts.ts";
import {
  CLOSE_SALE,
  CONCERT_EXISTS,
  FIND_CONCERT,
  FIND_PERFORMANCE,
  FREE_SEAT_IDS,
  INSERT_CONCERT,
  INSERT_PERFORMANCE,
  INSERT_SEATS,
  LIST_CONCERTS,
  LIST_CONCERTS_OF_DATES,
  LOCK_PERFORMANCE,
  PERFORMANCE_EXISTS,
  PERFORMANCES_OF,
  SEATS_OF,
  UPDATE_CONCERT,
  UPDATE_PERFORMANCE,
} from "./catalogStatements.ts";
import type { Database } from "./database.ts";
import { datesFilter } from "./datesFilter.ts";

/** Stores concerts, their performances and seats. */
export function sqlCatalogStore(db: Database): CatalogStore {
  return {
    insertConcert: (tx, { title, singer, queueId }) =>
      db.insert(tx, INSERT_CONCERT, { title, singer, queueId }),
    insertPerformance: (tx, { concertId, ...details }) =>
      db.insert(tx, INSERT_PERFORMANCE, { concertId, ...detailValues(details) }),
    async updateConcert(tx, concertId, { title, singer }) {
      await db.change(tx, UPDATE_CONCERT, { concertId, title, singer });
      return (await db.select(tx, CONCERT_EXISTS, { concertId })).length === 1;
    },
    async updatePerformance(tx, performanceId, details) {
      await db.change(tx, UPDATE_PERFORMANCE, { performanceId, ...detailValues(details) });
      return (await db.select(tx, PERFORMANCE_EXISTS, { performanceId })).length === 1;
    },
    async lockPerformance(tx, performanceId) {
      const locked = await db.select(tx, LOCK_PERFORMANCE, { performanceId });
      return locked.length === 1
        ? (await db.select(tx, FIND_PERFORMANCE, { performanceId }))[0]
        : undefined;
    },
    closeSale: async (tx, performanceId) =>
      (await db.change(tx, CLOSE_SALE, { performanceId })) === 1,
    async insertSeats(tx, performanceId, seats) {
      for (const part of statementParts(seats, SEATS_PER_STATEMENT_MAX)) {
        const rows = part.map((seat) => [
          ...[performanceId, seat.seatNo, seat.section, seat.row ?? null, seat.price],
          seat.accessible ? 1 : 0,
        ]);
        await db
          .insert(tx, INSERT_SEATS, { rows })
          .catch((error: unknown) => rethrowAsTwinSeats(error, db.failureKind(error)));
      }
    },
    listConcerts(tx, { title, singer, from, until, afterId = 0, limit }) {
      const filter = {
        ...{ afterId, limit },
        title: title === undefined ? null : contains(title),
        isBasicTitle: isBasic(title),
        singer: singer === undefined ? null : contains(singer),
        isBasicSinger: isBasic(singer),
      };
      if (from === undefined && until === undefined) return db.select(tx, LIST_CONCERTS, filter);
      return db.select(tx, LIST_CONCERTS_OF_DATES, {
        ...{ ...filter, ...datesFilter(from, until) },
      });
    },
    findConcert: async (tx, concertId) => (await db.select(tx, FIND_CONCERT, { concertId }))[0],
    performancesOf: (tx, concertId) => db.select(tx, PERFORMANCES_OF, { concertId }),
    findPerformance: async (tx, performanceId) =>
      (await db.select(tx, FIND_PERFORMANCE, { performanceId }))[0],
    seatsOf: (tx, performanceId) => db.select(tx, SEATS_OF, { performanceId }),
    freeSeatIds: (tx, performanceId) => db.select(tx, FREE_SEAT_IDS, { performanceId }),
  };
}

function detailValues(details: PerformanceDetails) {
  const { startsAt, venue, saleOpensAt, saleClosesAt, seatsPerBuyerMax } = details;
  const { timeZone = DEFAULT_TIME_ZONE } = details;
  const utcOffsetMinutes = utcOffsetMinutesAt(timeZone, startsAt);
  const window = { saleOpensAt: saleOpensAt ?? null, saleClosesAt: saleClosesAt ?? null };
  const place = { venue, timeZone, utcOffsetMinutes };
  return { startsAt, ...place, ...window, seatsPerBuyerMax: seatsPerBuyerMax ?? null };
}

/** Only the unique key of the seat numbers can cause a duplicate of an INSERT of seats. */
function rethrowAsTwinSeats(error: unknown, kind: FailureKind): never {
  if (kind === "duplicate") throw new TwinSeatsError({ cause: error });
  throw error;
}

/** Makes a LIKE pattern that matches the text literally, in the form in which texts are stored. */
function contains(text: string): string {
  return `%${text.normalize("NFC").replace(/[%_|]/g, (character) => `|${character}`)}%`;
}

/** Whether all characters are of the Basic Multilingual Plane. */
const isBasic = (text = ""): boolean => !/[\u{10000}-\u{10ffff}]/u.test(text);
