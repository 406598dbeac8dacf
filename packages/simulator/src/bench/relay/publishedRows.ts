import { createConnection } from "mysql2/promise";
import { CHARGE } from "./messageWriter.ts";

/** Rows that one statement inserts: 10 to the power of `DIGITS.length`. */
const BATCH_SIZE = 100_000;
const DIGIT =
  "(SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION " +
  "SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
const NUMBERS = `(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n
  FROM ${DIGIT} a JOIN ${DIGIT} b JOIN ${DIGIT} c JOIN ${DIGIT} e JOIN ${DIGIT} f)`;
/** User ids of the rows, above those of the measured messages. */
const FIRST_USER_ID = 1_000_000_000;

const INSERT_PUBLISHED = /* sql */ `
  INSERT INTO outbox_messages (message_id, aggregate_type, aggregate_id, aggregate_version, type,
    payload, bucket, status, attempts, published_at)
  SELECT CONCAT('00000000-0000-7000-8000-', LPAD(HEX(? + n), 12, '0')), 'point-account', ? + n, 1,
    'point-account.charged',
    CONCAT('{"userId":', ? + n, ',"amount":${CHARGE},"balanceAfter":${CHARGE}}'),
    n MOD ?, 'PUBLISHED', 1, NOW(6)
  FROM ${NUMBERS} numbers WHERE n < ? ORDER BY n`;

const INSERT_ACCOUNTS = /* sql */ `
  INSERT INTO point_accounts (user_id, balance, version)
  SELECT aggregate_id, ${CHARGE} * MAX(aggregate_version), MAX(aggregate_version)
  FROM outbox_messages GROUP BY aggregate_id`;

const INSERT_ENTRIES = /* sql */ `
  INSERT INTO point_entries (user_id, kind, amount, balance_after, account_version, entry_key)
  SELECT aggregate_id, 'CHARGE', ${CHARGE}, ${CHARGE} * aggregate_version, aggregate_version,
    message_id
  FROM outbox_messages`;

/** Fills the outbox with published messages. */
export function insertPublished(
  mysqlUrl: string,
  { count, buckets }: { readonly count: number; readonly buckets: number },
): Promise<void> {
  return runStatements(mysqlUrl, async (run) => {
    for (let from = 0; from < count; from += BATCH_SIZE) {
      const first = FIRST_USER_ID + from;
      await run(INSERT_PUBLISHED, [first, first, first, buckets, count - from]);
    }
  });
}

/**
 * Writes the accounts and charges of all messages, so that every invariant can be checked. They are
 * written after the measurement, which then measures the outbox alone.
 */
export function insertCharges(mysqlUrl: string): Promise<void> {
  return runStatements(mysqlUrl, async (run) => {
    await run(INSERT_ACCOUNTS, []);
    await run(INSERT_ENTRIES, []);
  });
}

type Run = (sql: string, values: readonly number[]) => Promise<unknown>;

async function runStatements(url: string, work: (run: Run) => Promise<void>): Promise<void> {
  const connection = await createConnection({ uri: url });
  try {
    await work((sql, values) => connection.query(sql, [...values]));
  } finally {
    await connection.end();
  }
}
