import { createConnection } from "mysql2/promise";
import { MESSAGE_SLOTS, MESSAGE_STATEMENTS } from "./messageStatements.ts";
import { CLIENT_STATEMENTS, PREPARE_STATEMENTS, SALE_STATEMENTS } from "./saleStatements.ts";

/** The statements, in the order in which they must run. */
const FILL_STATEMENTS = [...SALE_STATEMENTS, ...MESSAGE_STATEMENTS, ...CLIENT_STATEMENTS];

/** Number of rows that one statement inserts: enough to be fast, few enough for the undo log. */
const BATCH_SIZE = 50_000;

export interface FillSaleOptions {
  /** The URL of a migrated database without a sale. */
  readonly mysqlUrl: string;
  /** The number of reservations, a multiple of 100. */
  readonly reservations: number;
  /** Fills only these tables; default: all. */
  readonly tables?: readonly string[];
  /** Stops between two statements. */
  readonly signal?: AbortSignal;
  /** Called after each table, with its name. */
  readonly onProgress: (line: string) => void;
  /** Called after each statement, with the share of the statements that have run. */
  readonly onShare?: (share: number) => void;
}

/**
 * Fills a database with a sale: the given number of reservations, and all rows that belong to them.
 */
export async function fillSale(options: FillSaleOptions): Promise<void> {
  const { mysqlUrl, reservations, tables, signal, onProgress, onShare } = options;
  const connection = await createConnection({ uri: mysqlUrl, namedPlaceholders: true });
  try {
    await connection.query("SET SESSION unique_checks = 0, SESSION foreign_key_checks = 0");
    for (const statement of PREPARE_STATEMENTS) await connection.query(statement);
    for (let size = 1; size < reservations; size *= 2) {
      await connection.query(
        `INSERT INTO bench_numbers SELECT n + ${size} FROM bench_numbers
         WHERE n + ${size} < ${reservations}`,
      );
    }
    const [[now]] = await connection.query<[{ nowUs: string } & import("mysql2").RowDataPacket]>(
      "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000000 AS UNSIGNED) AS nowUs",
    );
    const ends = {
      reservation: reservations,
      user: reservations / 2 + 1,
      message: (MESSAGE_SLOTS + 1) * reservations,
    };
    const wanted = FILL_STATEMENTS.filter(({ table }) => tables?.includes(table) ?? true);
    for (const [index, { table, sql, by }] of wanted.entries()) {
      const size = by === "message" ? BATCH_SIZE * MESSAGE_SLOTS : BATCH_SIZE;
      for (let from = 0; from < ends[by]; from += size) {
        signal?.throwIfAborted();
        const below = Math.min(from + size, ends[by]);
        await connection.query(sql, { from, below, count: reservations, nowUs: Number(now.nowUs) });
        onShare?.((index + below / ends[by]) / wanted.length);
      }
      onProgress(table);
    }
    await connection.query("DROP TABLE bench_numbers");
  } finally {
    await connection.end();
  }
}
