import type { Connection } from "mysql2/promise";

/*
 * The rows of the study of the indexes, for N rows: N/10 concerts with ten dates each, the newest
 * concerts last and in the future; N seats in halls of 10,000; N reservations and 2.7 N published
 * messages of `fillSale`. Of the reservations, a thousandth is an overdue hold, and the newest
 * thousand messages are due.
 */

export const SEATS_PER_HALL = 10_000;
const DATES_PER_CONCERT = 10;
const DUE_MESSAGES = 1_000;
/** `fillSale` uses the concert and the performances of lower ids. */
const FIRST_ID = 1_000;
/** Number of rows that one statement inserts. */
const BATCH_SIZE = 50_000;

/** The ids that the measured queries name. */
export interface IndexGround {
  readonly concertId: number;
  readonly performanceId: number;
  readonly bucket: number;
  /** A day in the future with few concerts. */
  readonly from: Date;
  readonly until: Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** The catalog has concerts of ten years; the last year is ahead. */
const DAYS = 3_650;
const DAYS_AHEAD = 365;

interface Batch {
  readonly sql: string;
  readonly count: (rows: number) => number;
}

const BATCHES: readonly Batch[] = [
  {
    count: (rows) => rows / DATES_PER_CONCERT,
    sql: /* sql */ `
      INSERT INTO concerts (id, title, singer, queue_id)
      SELECT ${FIRST_ID} + n, CONCAT('Concert ', n), CONCAT('Singer ', n MOD 5000), 'main'
      FROM study_numbers WHERE n >= :from AND n < :below`,
  },
  {
    count: (rows) => rows,
    sql: /* sql */ `
      INSERT INTO performances (id, concert_id, starts_at, venue)
      SELECT ${FIRST_ID} + n, ${FIRST_ID} + n DIV ${DATES_PER_CONCERT},
        UTC_DATE() + INTERVAL FLOOR(n * ${DAYS} / :rows) - ${DAYS - DAYS_AHEAD}
          + n MOD ${DATES_PER_CONCERT} DAY + INTERVAL 19 HOUR,
        CONCAT('Hall ', n MOD 100)
      FROM study_numbers WHERE n >= :from AND n < :below`,
  },
  {
    // Halls near the end of their sale. The performances are those of the last concerts.
    count: (rows) => rows,
    sql: /* sql */ `
      INSERT INTO seats (performance_id, seat_no, section, price, status, reservation_id,
        hold_expires_at, version)
      SELECT ${FIRST_ID} + :rows - 1 - n DIV ${SEATS_PER_HALL}, CONCAT('S-', n), 'A', 10000,
        CASE WHEN n MOD 20 < 17 THEN 'SOLD' WHEN n MOD 20 < 19 THEN 'HELD' ELSE 'AVAILABLE' END,
        IF(n MOD 20 < 19, n + 1, NULL),
        IF(n MOD 20 IN (17, 18), NOW(6) + INTERVAL IF(n MOD 200 = 17, -1, 24 * 60) MINUTE, NULL), 1
      FROM study_numbers WHERE n >= :from AND n < :below`,
  },
];

const MAKE_WORK = [
  `UPDATE reservations SET expires_at = NOW(6) - INTERVAL 1 MINUTE
    WHERE status = 'PENDING' AND id MOD 1000 < 100`,
  `UPDATE outbox_messages SET status = 'PENDING', next_attempt_at = NOW(6) - INTERVAL 1 SECOND
    ORDER BY id DESC LIMIT ${DUE_MESSAGES}`,
];

/** The tables that the queries read. */
const TABLES = ["concerts", "performances", "seats", "reservations", "outbox_messages"];

export interface FillCatalogOptions {
  readonly rows: number;
  readonly nowMs: number;
  readonly signal: AbortSignal;
  /** Called after each batch, with the share of the work that is done. */
  readonly onShare: (share: number) => void;
}

/** Adds the catalog to a database that `fillSale` has filled, and makes holds and messages due. */
export async function fillCatalog(
  connection: Connection,
  { rows, nowMs, signal, onShare }: FillCatalogOptions,
): Promise<IndexGround> {
  await connection.query("SET SESSION unique_checks = 0, SESSION foreign_key_checks = 0");
  await connection.query("CREATE TABLE study_numbers (n INT NOT NULL PRIMARY KEY)");
  await connection.query("INSERT INTO study_numbers VALUES (0)");
  for (let size = 1; size < rows; size *= 2) {
    await connection.query(
      `INSERT INTO study_numbers SELECT n + ${size} FROM study_numbers WHERE n + ${size} < ${rows}`,
    );
  }
  for (const [index, { sql, count }] of BATCHES.entries()) {
    const end = count(rows);
    for (let from = 0; from < end; from += BATCH_SIZE) {
      signal.throwIfAborted();
      const below = Math.min(from + BATCH_SIZE, end);
      await connection.query({ sql, values: { from, below, rows }, namedPlaceholders: true });
      onShare((index + below / end) / BATCHES.length);
    }
  }
  for (const statement of MAKE_WORK) await connection.query(statement);
  await connection.query("DROP TABLE study_numbers");
  await connection.query("SET SESSION unique_checks = 1, SESSION foreign_key_checks = 1");
  await connection.query(`ANALYZE TABLE ${TABLES.join(", ")}`);
  const day = (Math.floor(nowMs / DAY_MS) + 30) * DAY_MS;
  return {
    concertId: FIRST_ID + Math.floor(rows / DATES_PER_CONCERT) - 1,
    performanceId: FIRST_ID + rows - 1,
    bucket: 7,
    from: new Date(day),
    until: new Date(day + DAY_MS),
  };
}
