import { TwinSeatsError } from "../../catalog/errors.ts";
import type {
  CatalogStore,
  ConcertSummary,
  PerformanceDetails,
  PerformanceSummary,
} from "../../ports/catalogStore.ts";
import { DEFAULT_TIME_ZONE, dateOf, utcOffsetMinutesAt } from "../../shared/venueTime.ts";
import type { FailureKind } from "../shared/failureKind.ts";
import { SEATS_PER_STATEMENT_MAX, statementParts } from "../shared/statementParts.ts";
import type { AnswerRow } from "./answerRow.ts";
import type { Database } from "./database.ts";
import { datesFilter } from "./datesFilter.ts";
import { query, type Sql, sql } from "./statement.ts";

const INSERT_CONCERT = sql(
  "catalog.insertConcert",
  `INSERT INTO concerts (title, singer, queue_id) VALUES (:title, :singer, :queueId)`,
);
const INSERT_PERFORMANCE = sql(
  "catalog.insertPerformance",
  `INSERT INTO performances
          (concert_id, starts_at, venue, time_zone, utc_offset_minutes, sale_opens_at,
           sale_closes_at, seats_per_buyer_max)
   VALUES (:concertId, :startsAt, :venue, :timeZone, :utcOffsetMinutes, :saleOpensAt,
           :saleClosesAt, :seatsPerBuyerMax)`,
);
const UPDATE_CONCERT = sql(
  "catalog.updateConcert",
  `UPDATE concerts SET title = :title, singer = :singer WHERE id = :concertId`,
);
const UPDATE_PERFORMANCE = sql(
  "catalog.updatePerformance",
  `UPDATE performances
      SET starts_at = :startsAt, venue = :venue, time_zone = :timeZone,
          utc_offset_minutes = :utcOffsetMinutes, sale_opens_at = :saleOpensAt,
          sale_closes_at = :saleClosesAt, seats_per_buyer_max = :seatsPerBuyerMax
    WHERE id = :performanceId`,
);
/** Uses NOW(3), because a Date has milliseconds: a reader then gets exactly the stored end. */
const CLOSE_SALE = sql(
  "catalog.closeSale",
  `UPDATE performances SET sale_closes_at = NOW(3)
    WHERE id = :performanceId AND (sale_closes_at IS NULL OR sale_closes_at > NOW(3))`,
);
const CONCERT_EXISTS = query(
  sql("catalog.updateConcert:exists", `SELECT id FROM concerts WHERE id = :concertId`),
  (row) => row.integer("id"),
);
const PERFORMANCE_EXISTS = query(
  sql("catalog.updatePerformance:exists", `SELECT id FROM performances WHERE id = :performanceId`),
  (row) => row.integer("id"),
);
const INSERT_SEATS = sql(
  "catalog.insertSeats",
  `INSERT INTO seats (performance_id, seat_no, section, price) VALUES :rows`,
);

/** True while seats of the performance can be bought, or will be when the sale opens. */
const onSale = (p: string): string =>
  `${p}.starts_at > NOW(6) AND (${p}.sale_closes_at IS NULL OR ${p}.sale_closes_at > NOW(6))`;

const FOR_SALE = "(s.status = 'AVAILABLE' OR (s.status = 'HELD' AND s.hold_expires_at < NOW(6)))";

/**
 * Counts free seats that can be bought. Each status has a subquery of its own: with an OR, the
 * server would read the seats of every status in the index.
 */
const freeSeatCount = (seats: string, where: string): string => `(
              (SELECT COUNT(*) FROM ${seats} WHERE ${where} AND s.status = 'AVAILABLE')
              + (SELECT COUNT(*) FROM ${seats}
                  WHERE ${where} AND s.status = 'HELD' AND s.hold_expires_at < NOW(6)))`;

/**
 * STRAIGHT_JOIN reads the dates of the concert first. While most seats belong to few performances,
 * MySQL expects a whole hall for each date, and would read all free seats for each concert.
 */
const SEATS_OF_DATES = "performances sp STRAIGHT_JOIN seats s ON s.performance_id = sp.id";
const OF_CONCERT = `sp.concert_id = c.id AND ${onSale("sp")}`;
/** The start by the time on the wall of the venue. */
const wallTimeOf = (alias: string): string =>
  `${alias}.starts_at + INTERVAL ${alias}.utc_offset_minutes MINUTE`;
const CONCERT_COLUMNS = `c.id, c.title, c.singer, c.queue_id AS queueId,
            MIN(p.starts_at) AS startsAt, MAX(p.starts_at) AS endsAt,
            MIN(${wallTimeOf("p")}) AS firstWall, MAX(${wallTimeOf("p")}) AS lastWall,
            ${freeSeatCount(SEATS_OF_DATES, OF_CONCERT)} AS availableSeats`;
const BY_CONCERT = "GROUP BY c.id, c.title, c.singer, c.queue_id";

/**
 * Finds the ids of one page first, then the rest of these concerts only: with LIMIT outside, the
 * server would group every concert for each page. A filter whose parameter is NULL has no effect.
 */
const listing = (and: string): string => `SELECT ${CONCERT_COLUMNS}
       FROM (SELECT f.id FROM concerts f
              WHERE f.id > :afterId
                AND (:title IS NULL OR f.title LIKE :title ESCAPE '|')
                AND (:singer IS NULL OR f.singer LIKE :singer ESCAPE '|') ${and}
              ORDER BY f.id LIMIT :limit) page
       JOIN concerts c ON c.id = page.id
       LEFT JOIN performances p ON p.concert_id = c.id
      ${BY_CONCERT} ORDER BY c.id`;
const LIST_CONCERTS = query(sql("catalog.listConcerts", listing("")), presentConcert);
/**
 * Without an OR around it, the condition on the dates can use the index on the dates. The index has
 * times in UTC, so its range is wider than the wanted one by more than any offset.
 */
const LIST_CONCERTS_OF_DATES = query(
  sql(
    "catalog.listConcerts:dates",
    listing(`AND EXISTS (SELECT 1 FROM performances e WHERE e.concert_id = f.id
                                AND e.starts_at >= :fromUtc AND e.starts_at < :untilUtc
                                AND ${wallTimeOf("e")} >= :from
                                AND ${wallTimeOf("e")} < :until)`),
  ),
  presentConcert,
);
const FIND_CONCERT = query(
  sql(
    "catalog.findConcert",
    `SELECT ${CONCERT_COLUMNS}
       FROM concerts c LEFT JOIN performances p ON p.concert_id = c.id
      WHERE c.id = :concertId ${BY_CONCERT}`,
  ),
  presentConcert,
);

const OF_PERFORMANCE = `s.performance_id = p.id AND ${onSale("p")}`;
const PERFORMANCE_COLUMNS = `p.id, p.concert_id AS concertId, c.queue_id AS queueId, c.title,
            p.starts_at AS startsAt, p.venue, p.time_zone AS timeZone,
            p.utc_offset_minutes AS utcOffsetMinutes, p.sale_opens_at AS saleOpensAt,
            p.sale_closes_at AS saleClosesAt, p.seats_per_buyer_max AS seatsPerBuyerMax`;
const PERFORMANCES_OF = query(
  sql(
    "catalog.performancesOf",
    `SELECT ${PERFORMANCE_COLUMNS},
            ${freeSeatCount("seats s", OF_PERFORMANCE)} AS availableSeats
       FROM performances p JOIN concerts c ON c.id = p.concert_id
      WHERE p.concert_id = :concertId ORDER BY p.starts_at, p.id`,
  ),
  (row) => ({ ...presentPerformance(row), availableSeats: row.integer("availableSeats") }),
);
const FIND_PERFORMANCE = query(
  sql(
    "catalog.findPerformance",
    `SELECT ${PERFORMANCE_COLUMNS}
       FROM performances p JOIN concerts c ON c.id = p.concert_id WHERE p.id = :performanceId`,
  ),
  presentPerformance,
);
const SEATS_OF = query(
  sql(
    "catalog.seatsOf",
    `SELECT id, seat_no AS seatNo, price FROM seats
      WHERE performance_id = :performanceId ORDER BY id`,
  ),
  (row) => ({ id: row.integer("id"), seatNo: row.text("seatNo"), price: row.integer("price") }),
);
const FREE_SEAT_IDS = query(
  sql(
    "catalog.freeSeatIds",
    `SELECT s.id FROM performances p JOIN seats s ON s.performance_id = p.id
      WHERE p.id = :performanceId AND ${onSale("p")} AND ${FOR_SALE} ORDER BY s.id`,
  ),
  (row) => row.integer("id"),
);

/** All statements of the catalog store. */
export const CATALOG_STATEMENTS: readonly Sql[] = [
  INSERT_CONCERT,
  INSERT_PERFORMANCE,
  INSERT_SEATS,
  UPDATE_CONCERT,
  UPDATE_PERFORMANCE,
  CLOSE_SALE,
  CONCERT_EXISTS,
  PERFORMANCE_EXISTS,
  LIST_CONCERTS,
  LIST_CONCERTS_OF_DATES,
  FIND_CONCERT,
  PERFORMANCES_OF,
  FIND_PERFORMANCE,
  SEATS_OF,
  FREE_SEAT_IDS,
];

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
    closeSale: async (tx, performanceId) =>
      (await db.change(tx, CLOSE_SALE, { performanceId })) === 1,
    async insertSeats(tx, performanceId, seats) {
      for (const part of statementParts(seats, SEATS_PER_STATEMENT_MAX)) {
        const rows = part.map((seat) => [performanceId, seat.seatNo, seat.section, seat.price]);
        await db
          .insert(tx, INSERT_SEATS, { rows })
          .catch((error: unknown) => rethrowAsTwinSeats(error, db.failureKind(error)));
      }
    },
    listConcerts(tx, { title, singer, from, until, afterId = 0, limit }) {
      const filter = {
        ...{ afterId, limit },
        title: title === undefined ? null : contains(title),
        singer: singer === undefined ? null : contains(singer),
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

function presentConcert(row: AnswerRow): ConcertSummary {
  const [first, last] = [row.dateOrNone("firstWall"), row.dateOrNone("lastWall")];
  return {
    id: row.integer("id"),
    title: row.text("title"),
    singer: row.text("singer"),
    queueId: row.text("queueId"),
    startsAt: row.dateOrNone("startsAt"),
    endsAt: row.dateOrNone("endsAt"),
    startDate: first && dateOf(first),
    endDate: last && dateOf(last),
    availableSeats: row.integer("availableSeats"),
  };
}

function presentPerformance(row: AnswerRow): Omit<PerformanceSummary, "availableSeats"> {
  return {
    id: row.integer("id"),
    concertId: row.integer("concertId"),
    queueId: row.text("queueId"),
    title: row.text("title"),
    startsAt: row.date("startsAt"),
    venue: row.text("venue"),
    timeZone: row.text("timeZone"),
    utcOffsetMinutes: row.integer("utcOffsetMinutes"),
    saleOpensAt: row.dateOrNone("saleOpensAt"),
    saleClosesAt: row.dateOrNone("saleClosesAt"),
    seatsPerBuyerMax: row.integerOrNone("seatsPerBuyerMax"),
  };
}
