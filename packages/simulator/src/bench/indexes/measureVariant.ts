import type { Connection, RowDataPacket } from "mysql2/promise";
import type { IndexVariantResult } from "../../study/indexes/indexReport.ts";
import { spreadOf } from "../spread.ts";
import { ADDED_INDEX, type IndexCase, type IndexValues, type IndexVariant } from "./indexCases.ts";
import { planOfJson, planOfTree, type ReadPlan } from "./planText.ts";

export interface MeasuredServer {
  readonly connection: Connection;
  readonly isMariaDb: boolean;
  /** Time for the runs of one variant, ms, and the limit of one run. */
  readonly budgetMs: number;
  readonly runsMax: number;
}

/** A statement runs this often even when its time is over. */
const RUNS_MIN = 3;
/** Errors of a statement that reached the time limit: MariaDB and MySQL. */
const TIME_LIMIT_ERRORS = [1969, 3024];

/** Measures one statement with the indexes of the variant. */
export async function measureVariant(
  server: MeasuredServer,
  { table, index, columns }: IndexCase,
  variant: IndexVariant,
  { sql, values }: { readonly sql: string; readonly values: IndexValues },
): Promise<IndexVariantResult> {
  const { connection } = server;
  await showIndexes(server, table, variant, false);
  if (variant.added !== undefined) {
    await connection.query(`ALTER TABLE ${table} ADD INDEX ${ADDED_INDEX} (${variant.added})`);
  }
  await connection.query(`ANALYZE TABLE ${table}`);
  try {
    const name = variant.added === undefined ? index : ADDED_INDEX;
    const has = variant.added !== undefined || variant.isProduct === true;
    const bytes = has ? await indexBytes(connection, table, name) : 0;
    const run = await runMany(server, withoutHints(sql, variant.hidden), values);
    return {
      ...{ name: variant.name, isProduct: variant.isProduct === true, ...run },
      ...(has && { index: { columns: variant.added ?? columns, bytes } }),
    };
  } finally {
    if (variant.added !== undefined) {
      await connection.query(`ALTER TABLE ${table} DROP INDEX ${ADDED_INDEX}`);
    }
    await showIndexes(server, table, variant, true);
  }
}

/** A hint that forces a hidden index is an error, so the statement runs without it. */
function withoutHints(sql: string, hidden: readonly string[]): string {
  return hidden.reduce((text, index) => text.replaceAll(`FORCE INDEX (${index})`, ""), sql);
}

async function showIndexes(
  { connection, isMariaDb }: MeasuredServer,
  table: string,
  { hidden }: IndexVariant,
  isShown: boolean,
): Promise<void> {
  const word = isMariaDb
    ? isShown
      ? "NOT IGNORED"
      : "IGNORED"
    : isShown
      ? "VISIBLE"
      : "INVISIBLE";
  for (const index of hidden) {
    await connection.query(`ALTER TABLE ${table} ALTER INDEX ${index} ${word}`);
  }
}

async function indexBytes(connection: Connection, table: string, index: string): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `SELECT stat_value * @@innodb_page_size AS bytes FROM mysql.innodb_index_stats
      WHERE database_name = DATABASE() AND table_name = ? AND index_name = ?
        AND stat_name = 'size'`,
    [table, index],
  );
  return Number(row?.bytes ?? 0);
}

type Run = Omit<IndexVariantResult, "name" | "isProduct" | "index">;

async function runMany(server: MeasuredServer, sql: string, values: IndexValues): Promise<Run> {
  const { connection, isMariaDb, budgetMs, runsMax } = server;
  const select = async (text: string): Promise<RowDataPacket[]> => {
    await connection.beginTransaction();
    try {
      return (
        await connection.query<RowDataPacket[]>({ sql: text, namedPlaceholders: true, values })
      )[0];
    } finally {
      await connection.rollback();
    }
  };
  await connection.query(
    isMariaDb
      ? `SET SESSION max_statement_time = ${budgetMs / 1000}`
      : `SET SESSION max_execution_time = ${budgetMs}`,
  );
  try {
    // The first run warms the buffer pool, and reads statistics that count as reads too.
    const rowsReturned = (await select(sql)).length;
    await connection.query("FLUSH STATUS");
    await select(sql);
    const handlerReads = await handlerReadsOf(connection);
    const times: number[] = [];
    const startedMs = performance.now();
    while (times.length < runsMax) {
      if (times.length >= RUNS_MIN && performance.now() - startedMs > budgetMs) break;
      const fromMs = performance.now();
      await select(sql);
      times.push(performance.now() - fromMs);
    }
    const plan = await readPlan(select, isMariaDb, sql);
    const ms = spreadOf(times);
    return {
      ...{ isStopped: false, runs: times.length, rowsReturned, ms, handlerReads },
      ...{ rowsExamined: plan.rowsExamined, plan: plan.text },
    };
  } catch (error) {
    if (!isTimeLimit(error)) throw error;
    return {
      ...{ isStopped: true, runs: 0, rowsReturned: 0, ms: { median: 0, min: 0, max: 0 } },
      ...{ handlerReads: await handlerReadsOf(connection), rowsExamined: 0, plan: "" },
    };
  } finally {
    await connection.query(
      `SET SESSION ${isMariaDb ? "max_statement_time" : "max_execution_time"} = 0`,
    );
  }
}

async function readPlan(
  select: (text: string) => Promise<RowDataPacket[]>,
  isMariaDb: boolean,
  sql: string,
): Promise<ReadPlan> {
  const [row] = await select(`${isMariaDb ? "ANALYZE FORMAT=JSON" : "EXPLAIN ANALYZE"} ${sql}`);
  const text = String(Object.values(row ?? {})[0]);
  return isMariaDb ? planOfJson(text) : planOfTree(text);
}

async function handlerReadsOf(connection: Connection): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>(
    "SHOW SESSION STATUS LIKE 'Handler\\_read\\_%'",
  );
  return rows
    .filter(({ Variable_name: name }) => name !== "Handler_read_retry")
    .reduce((sum, { Value: value }) => sum + Number(value), 0);
}

function isTimeLimit(error: unknown): boolean {
  return (
    error instanceof Error && "errno" in error && TIME_LIMIT_ERRORS.includes(Number(error.errno))
  );
}
