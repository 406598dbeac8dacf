import type {
  AvailableSeat,
  CatalogStore,
  ConcertSummary,
  PerformanceSummary,
} from "../../ports/catalogStore.ts";
import type { Tx } from "../../ports/transaction.ts";
import { SEATS_PER_STATEMENT_MAX, statementParts } from "../shared/statementParts.ts";
import { rethrowAsTwinSeats } from "../shared/twinSeats.ts";
import { orUndefined, toInteger } from "./convert.ts";
import type { Database } from "./database.ts";
import { failureKind } from "./databaseErrors.ts";
import type { CatalogModels } from "./models.ts";
import { sequelizeTransactionOf } from "./mysqlTx.ts";

const FOR_SALE = "(s.status = 'AVAILABLE' OR (s.status = 'HELD' AND s.hold_expires_at < NOW(6)))";

const CONCERTS = `
  SELECT c.id, c.title, c.singer, c.queue_id AS queueId,
         MIN(p.starts_at) AS startsAt, MAX(p.starts_at) AS endsAt,
         (SELECT COUNT(*) FROM seats s JOIN performances sp ON sp.id = s.performance_id
           WHERE sp.concert_id = c.id AND ${FOR_SALE}) AS availableSeats
    FROM concerts c LEFT JOIN performances p ON p.concert_id = c.id`;
const LIST = (conditions: string): string => `
  ${CONCERTS} WHERE c.id > :afterId ${conditions}
  GROUP BY c.id, c.title, c.singer, c.queue_id ORDER BY c.id LIMIT :limit`;
const TITLE_LIKE = "AND c.title LIKE :title ESCAPE '|'";
const SINGER_LIKE = "AND c.singer LIKE :singer ESCAPE '|'";
const PLAYS = (bounds: string): string =>
  `AND EXISTS (SELECT 1 FROM performances e WHERE e.concert_id = c.id ${bounds})`;
const FROM = "AND e.starts_at >= :from";
const UNTIL = "AND e.starts_at < :until";

const PERFORMANCE_COLUMNS = `p.id, p.concert_id AS concertId, c.queue_id AS queueId, c.title,
  p.starts_at AS startsAt, p.venue`;
const PERFORMANCES_OF = `
  SELECT ${PERFORMANCE_COLUMNS},
         (SELECT COUNT(*) FROM seats s
           WHERE s.performance_id = p.id AND ${FOR_SALE}) AS availableSeats
    FROM performances p JOIN concerts c ON c.id = p.concert_id
   WHERE p.concert_id = :concertId ORDER BY p.starts_at, p.id`;
const PERFORMANCE = `
  SELECT ${PERFORMANCE_COLUMNS}
    FROM performances p JOIN concerts c ON c.id = p.concert_id WHERE p.id = :performanceId`;
const AVAILABLE_SEATS = `
  SELECT s.id, s.seat_no AS seatNo, s.price FROM seats s
   WHERE s.performance_id = :performanceId AND ${FOR_SALE} ORDER BY s.id`;

/** What a DATETIME can say, first and last; the last is after every Date's millisecond. */
const FIRST_TIME = "0000-01-01 00:00:00";
const LAST_TIME = "9999-12-31 23:59:59.999999";

interface ConcertRow {
  id: number;
  title: string;
  singer: string;
  queueId: string;
  startsAt: Date | null;
  endsAt: Date | null;
  availableSeats: number;
}

export function mysqlCatalogStore(db: Database, models: CatalogModels): CatalogStore {
  return {
    async insertConcert(tx, concert) {
      const row = await models.concerts.create({ ...concert }, inTransaction(tx));
      return toInteger(row.id);
    },
    async insertPerformance(tx, performance) {
      const row = await models.performances.create({ ...performance }, inTransaction(tx));
      return toInteger(row.id);
    },
    async insertSeats(tx, performanceId, seats) {
      for (const rows of statementParts(seats, SEATS_PER_STATEMENT_MAX)) {
        const given = rows.map((seat) => ({ ...seat, performanceId }));
        await models.seats
          .bulkCreate(given, inTransaction(tx))
          .catch((error: unknown) => rethrowAsTwinSeats(error, failureKind(error)));
      }
    },
    async listConcerts(tx, filter) {
      const { title, singer, from, until } = filter;
      const bounds = [from && FROM, until && UNTIL].filter((bound) => bound !== undefined);
      const conditions = [
        title === undefined ? "" : TITLE_LIKE,
        singer === undefined ? "" : SINGER_LIKE,
        bounds.length === 0 ? "" : PLAYS(bounds.join(" ")),
      ];
      const rows = await db.select<ConcertRow>(tx, LIST(conditions.join(" ")), {
        afterId: filter.afterId ?? 0,
        limit: filter.limit,
        title: contains(title),
        singer: contains(singer),
        ...(from && { from: comparable(from) }),
        ...(until && { until: comparable(until) }),
      });
      return rows.map(presentConcert);
    },
    async findConcert(tx, concertId) {
      const [row] = await db.select<ConcertRow>(tx, LIST("AND c.id = :concertId"), {
        afterId: 0,
        limit: 1,
        concertId,
      });
      return row && presentConcert(row);
    },
    async performancesOf(tx, concertId) {
      const rows = await db.select<PerformanceSummary>(tx, PERFORMANCES_OF, { concertId });
      return rows.map((row) => ({ ...row, availableSeats: toInteger(row.availableSeats) }));
    },
    async findPerformance(tx, performanceId) {
      const rows = await db.select<Omit<PerformanceSummary, "availableSeats">>(tx, PERFORMANCE, {
        performanceId,
      });
      return rows[0];
    },
    async availableSeats(tx, performanceId) {
      const rows = await db.select<AvailableSeat>(tx, AVAILABLE_SEATS, { performanceId });
      return rows.map((row) => ({ ...row, price: toInteger(row.price) }));
    },
  };
}

function inTransaction(tx: Tx) {
  return { transaction: sequelizeTransactionOf(tx) };
}

/** A time that no DATETIME can say compares as nothing does; one at its end, as the time would. */
function comparable(bound: Date): Date | string {
  const year = bound.getUTCFullYear();
  if (year < 0) return FIRST_TIME;
  return year > 9999 ? LAST_TIME : bound;
}

/** A LIKE pattern that takes the text literally. */
function contains(text: string | undefined): string {
  return `%${(text ?? "").replace(/[%_|]/g, (character) => `|${character}`)}%`;
}

function presentConcert(row: ConcertRow): ConcertSummary {
  return {
    ...row,
    startsAt: orUndefined(row.startsAt),
    endsAt: orUndefined(row.endsAt),
    availableSeats: toInteger(row.availableSeats),
  };
}
