import type { ConcertSummary, PerformancePlace, SeatCounts } from "../../ports/catalogStore.ts";
import { dateOf } from "../../shared/venueTime.ts";
import type { AnswerRow } from "./answerRow.ts";
import { query, type Sql, sql } from "./statement.ts";

export const INSERT_CONCERT = sql(
  "catalog.insertConcert",
  `INSERT INTO concerts (title, singer, queue_id) VALUES (:title, :singer, :queueId)`,
);
export const INSERT_PERFORMANCE = sql(
  "catalog.insertPerformance",
  `INSERT INTO performances
          (concert_id, starts_at, venue, time_zone, utc_offset_minutes, sale_opens_at,
           sale_closes_at, seats_per_buyer_max)
   VALUES (:concertId, :startsAt, :venue, :timeZone, :utcOffsetMinutes, :saleOpensAt,
           :saleClosesAt, :seatsPerBuyerMax)`,
);
export const UPDATE_CONCERT = sql(
  "catalog.updateConcert",
  `UPDATE concerts SET title = :title, singer = :singer WHERE id = :concertId`,
);
export const UPDATE_PERFORMANCE = sql(
  "catalog.updatePerformance",
  `UPDATE performances
      SET starts_at = :startsAt, venue = :venue, time_zone = :timeZone,
          utc_offset_minutes = :utcOffsetMinutes, sale_opens_at = :saleOpensAt,
          sale_closes_at = :saleClosesAt, seats_per_buyer_max = :seatsPerBuyerMax
    WHERE id = :performanceId`,
);
/** Uses NOW(3), because a Date has milliseconds: a reader then gets exactly the stored end. */
export const CLOSE_SALE = sql(
  "catalog.closeSale",
  `UPDATE performances SET sale_closes_at = NOW(3)
    WHERE id = :performanceId AND (sale_closes_at IS NULL OR sale_closes_at > NOW(3))`,
);
/** Only operations of operators lock a performance. A hold reads it, and never waits for them. */
export const LOCK_PERFORMANCE = query(
  sql(
    "catalog.lockPerformance",
    `SELECT id FROM performances WHERE id = :performanceId FOR UPDATE`,
  ),
  (row) => row.integer("id"),
);
export const CONCERT_EXISTS = query(
  sql("catalog.updateConcert:exists", `SELECT id FROM concerts WHERE id = :concertId`),
  (row) => row.integer("id"),
);
export const PERFORMANCE_EXISTS = query(
  sql("catalog.updatePerformance:exists", `SELECT id FROM performances WHERE id = :performanceId`),
  (row) => row.integer("id"),
);
export const INSERT_SEATS = sql(
  "catalog.insertSeats",
  `INSERT INTO seats (performance_id, seat_no, section, row_name, price, is_accessible)
   VALUES :rows`,
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

/** Counts those of them that only a hold for a guest who needs an accessible seat can take. */
const accessibleSeatCount = (seats: string, where: string): string => `(
              SELECT COUNT(*) FROM ${seats}
               WHERE ${where} AND s.is_accessible = 1 AND ${FOR_SALE})`;

/** The statistics of the index mix both kinds, so that the server would read another index. */
const ACCESSIBLE_SEATS = "seats s FORCE INDEX (seats_accessible)";

/**
 * STRAIGHT_JOIN reads the dates of the concert first. While most seats belong to few performances,
 * MySQL expects a whole hall for each date, and would read all free seats for each concert.
 */
const seatsOfDates = (seats: string): string =>
  `performances sp STRAIGHT_JOIN ${seats} ON s.performance_id = sp.id`;
const OF_CONCERT = `sp.concert_id = c.id AND ${onSale("sp")}`;
/** The start by the time on the wall of the venue. */
const wallTimeOf = (alias: string): string =>
  `${alias}.starts_at + INTERVAL ${alias}.utc_offset_minutes MINUTE`;
const CONCERT_COLUMNS = `c.id, c.title, c.singer, c.queue_id AS queueId,
            MIN(p.starts_at) AS startsAt, MAX(p.starts_at) AS endsAt,
            MIN(${wallTimeOf("p")}) AS firstWall, MAX(${wallTimeOf("p")}) AS lastWall,
            ${freeSeatCount(seatsOfDates("seats s"), OF_CONCERT)} AS freeSeats,
            ${accessibleSeatCount(seatsOfDates(ACCESSIBLE_SEATS), OF_CONCERT)} AS freeAccessible`;
const BY_CONCERT = "GROUP BY c.id, c.title, c.singer, c.queue_id";

/**
 * A filter without a text (NULL) has no effect. In the collation of the columns, all characters
 * beyond the Basic Multilingual Plane are equal. A filter with such a character, for example an
 * emoji, must also match in a collation with different weights for them.
 */
const matches = (column: string, text: string, isBasic: string): string =>
  `(${text} IS NULL OR ${column} LIKE ${text} ESCAPE '|') AND (${isBasic}
                  OR ${column} COLLATE utf8mb4_unicode_520_ci LIKE ${text} ESCAPE '|')`;

/**
 * Finds the ids of one page first, then the rest of these concerts only: with LIMIT outside, the
 * server would group every concert for each page.
 */
const listing = (and: string): string => `SELECT ${CONCERT_COLUMNS}
       FROM (SELECT f.id FROM concerts f
              WHERE f.id > :afterId
                AND ${matches("f.title", ":title", ":isBasicTitle")}
                AND ${matches("f.singer", ":singer", ":isBasicSinger")} ${and}
              ORDER BY f.id LIMIT :limit) page
       JOIN concerts c ON c.id = page.id
       LEFT JOIN performances p ON p.concert_id = c.id
      ${BY_CONCERT} ORDER BY c.id`;
export const LIST_CONCERTS = query(sql("catalog.listConcerts", listing("")), presentConcert);
/**
 * Without an OR around it, the condition on the dates can use the index on the dates. The index has
 * times in UTC, so its range is wider than the wanted one by more than any offset.
 */
export const LIST_CONCERTS_OF_DATES = query(
  sql(
    "catalog.listConcerts:dates",
    listing(`AND EXISTS (SELECT 1 FROM performances e WHERE e.concert_id = f.id
                                AND e.starts_at >= :fromUtc AND e.starts_at < :untilUtc
                                AND ${wallTimeOf("e")} >= :from
                                AND ${wallTimeOf("e")} < :until)`),
  ),
  presentConcert,
);
export const FIND_CONCERT = query(
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
export const PERFORMANCES_OF = query(
  sql(
    "catalog.performancesOf",
    `SELECT ${PERFORMANCE_COLUMNS},
            ${freeSeatCount("seats s", OF_PERFORMANCE)} AS freeSeats,
            ${accessibleSeatCount(ACCESSIBLE_SEATS, OF_PERFORMANCE)} AS freeAccessible
       FROM performances p JOIN concerts c ON c.id = p.concert_id
      WHERE p.concert_id = :concertId ORDER BY p.starts_at, p.id`,
  ),
  (row) => ({ ...presentPerformance(row), ...presentCounts(row) }),
);
export const FIND_PERFORMANCE = query(
  sql(
    "catalog.findPerformance",
    `SELECT ${PERFORMANCE_COLUMNS}
       FROM performances p JOIN concerts c ON c.id = p.concert_id WHERE p.id = :performanceId`,
  ),
  presentPerformance,
);
export const SEATS_OF = query(
  sql(
    "catalog.seatsOf",
    `SELECT id, seat_no AS seatNo, section, row_name AS rowName, price,
            is_accessible AS isAccessible FROM seats
      WHERE performance_id = :performanceId ORDER BY id`,
  ),
  (row) => ({
    id: row.integer("id"),
    seatNo: row.text("seatNo"),
    section: row.text("section"),
    row: row.textOrNone("rowName"),
    price: row.integer("price"),
    accessible: row.flag("isAccessible"),
  }),
);
export const FREE_SEAT_IDS = query(
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
  LOCK_PERFORMANCE,
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
    ...presentCounts(row),
  };
}

function presentCounts(row: AnswerRow): SeatCounts {
  const availableAccessibleSeats = row.integer("freeAccessible");
  const availableSeats = row.integer("freeSeats") - availableAccessibleSeats;
  return { availableSeats, availableAccessibleSeats };
}

function presentPerformance(row: AnswerRow): PerformancePlace {
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
