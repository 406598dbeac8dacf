import type {
  CatalogStore,
  ConcertFilter,
  ConcertSummary,
  NewSeat,
  PerformanceSummary,
} from "../../ports/catalogStore.ts";
import { SEATS_PER_STATEMENT_MAX, statementParts } from "../shared/statementParts.ts";
import { rethrowAsTwinSeats } from "../shared/twinSeats.ts";
import { folded } from "./database/collation.ts";
import { failureKind } from "./database/databaseFailures.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import type { ConcertRow, PerformanceRow, SeatTableRow } from "./database/rows.ts";
import type { Statement } from "./database/statement.ts";
import { byId, keyOf, type Tables } from "./database/tables.ts";
import { isForSale } from "./forSale.ts";
import { dateOf, dateOrNone, usOf } from "./times.ts";

const soonestFirst = (a: PerformanceRow, b: PerformanceRow): number =>
  a.startsAtUs - b.startsAtUs || a.id - b.id;

/** Concerts, their performances and seats, in memory. */
export function memoryCatalogStore(db: MemoryDb): CatalogStore {
  const { tables } = db;
  const { concerts, performances, seats } = tables;
  return {
    ...catalogWrites(db),

    listConcerts: (tx, filter) =>
      db.run(tx, "catalog.listConcerts", (s) =>
        s
          .all(concerts)
          .filter((row) => matchesFilter(s, tables, row, filter))
          .sort(byId)
          .slice(0, filter.limit)
          .map((row) => presentConcert(s, tables, row)),
      ),

    findConcert: (tx, concertId) =>
      db.run(tx, "catalog.findConcert", (s) => {
        const row = s.find(concerts, concertId);
        return row && presentConcert(s, tables, row);
      }),

    performancesOf: (tx, concertId) =>
      db.run(tx, "catalog.performancesOf", (s) =>
        s
          .where(performances, "concert", concertId)
          .sort(soonestFirst)
          .flatMap((row) => {
            const performance = presentPerformance(s, tables, row);
            const availableSeats = availableCount(s, tables, row.id);
            return performance ? [{ ...performance, availableSeats }] : [];
          }),
      ),

    findPerformance: (tx, performanceId) =>
      db.run(tx, "catalog.findPerformance", (s) => {
        const row = s.find(performances, performanceId);
        return row && presentPerformance(s, tables, row);
      }),

    availableSeats: (tx, performanceId) =>
      db.run(tx, "catalog.availableSeats", (s) => {
        const available = s.where(seats, "forSale", keyOf(performanceId, "AVAILABLE"));
        return [...available, ...overdueSeats(s, tables, performanceId)]
          .sort(byId)
          .map(({ id, seatNo, price }) => ({ id, seatNo, price }));
      }),
  };
}

type CatalogWrites = Pick<CatalogStore, "insertConcert" | "insertPerformance" | "insertSeats">;

function catalogWrites(db: MemoryDb): CatalogWrites {
  const { concerts, performances, seats } = db.tables;
  return {
    insertConcert: (tx, { title, singer, queueId }) =>
      db.run(tx, "catalog.insertConcert", async (s) => {
        const id = concerts.nextId();
        await s.insert(concerts, { id, title, singer, queueId, createdAtUs: s.nowUs });
        return id;
      }),

    insertPerformance: (tx, { concertId, startsAt, venue }) =>
      db.run(tx, "catalog.insertPerformance", async (s) => {
        const id = performances.nextId();
        const startsAtUs = usOf(startsAt);
        await s.insert(performances, { id, concertId, startsAtUs, venue, createdAtUs: s.nowUs });
        return id;
      }),

    async insertSeats(tx, performanceId, newSeats) {
      for (const part of statementParts(newSeats, SEATS_PER_STATEMENT_MAX)) {
        await db
          .run(tx, "catalog.insertSeats", (s) => {
            const rows = part.map((seat) => newSeatRow(seats.nextId(), performanceId, seat));
            return s.insertAll(seats, rows);
          })
          .catch((error: unknown) => rethrowAsTwinSeats(error, failureKind(error)));
      }
    },
  };
}

function newSeatRow(id: number, performanceId: number, seat: NewSeat): SeatTableRow {
  const { seatNo, section, price } = seat;
  return {
    id,
    performanceId,
    seatNo,
    section,
    price,
    status: "AVAILABLE",
    reservationId: null,
    holdExpiresAtUs: null,
    version: 0,
  };
}

function matchesFilter(
  s: Statement,
  tables: Tables,
  concert: ConcertRow,
  filter: ConcertFilter,
): boolean {
  const { title, singer, from, until, afterId = 0 } = filter;
  if (concert.id <= afterId) return false;
  if (title !== undefined && !contains(concert.title, title)) return false;
  if (singer !== undefined && !contains(concert.singer, singer)) return false;
  if (from === undefined && until === undefined) return true;
  const fromUs = from ? usOf(from) : Number.NEGATIVE_INFINITY;
  const untilUs = until ? usOf(until) : Number.POSITIVE_INFINITY;
  return s
    .where(tables.performances, "concert", concert.id)
    .some(({ startsAtUs }) => startsAtUs >= fromUs && startsAtUs < untilUs);
}

/** LIKE '%part%', with the part taken literally. */
function contains(text: string, part: string): boolean {
  return folded(text).includes(folded(part));
}

const overdueSeats = (s: Statement, { seats }: Tables, performanceId: number): SeatTableRow[] =>
  s
    .where(seats, "forSale", keyOf(performanceId, "HELD"))
    .filter((seat) => isForSale(seat, s.nowUs));

function availableCount(s: Statement, tables: Tables, performanceId: number): number {
  const available = s.count(tables.seats, "forSale", keyOf(performanceId, "AVAILABLE"));
  return available + overdueSeats(s, tables, performanceId).length;
}

function presentConcert(s: Statement, tables: Tables, concert: ConcertRow): ConcertSummary {
  const shows = s.where(tables.performances, "concert", concert.id).sort(soonestFirst);
  return {
    id: concert.id,
    title: concert.title,
    singer: concert.singer,
    queueId: concert.queueId,
    startsAt: dateOrNone(shows.at(0)?.startsAtUs ?? null),
    endsAt: dateOrNone(shows.at(-1)?.startsAtUs ?? null),
    availableSeats: shows.reduce((sum, { id }) => sum + availableCount(s, tables, id), 0),
  };
}

function presentPerformance(
  s: Statement,
  { concerts }: Tables,
  performance: PerformanceRow,
): Omit<PerformanceSummary, "availableSeats"> | undefined {
  const concert = s.find(concerts, performance.concertId);
  if (!concert) return undefined;
  return {
    id: performance.id,
    concertId: concert.id,
    queueId: concert.queueId,
    title: concert.title,
    startsAt: dateOf(performance.startsAtUs),
    venue: performance.venue,
  };
}
