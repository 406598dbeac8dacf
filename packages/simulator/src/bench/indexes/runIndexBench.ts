import { STATEMENTS } from "@onsale/core/statements";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import type { IndexCaseResult, IndexRun } from "../../study/indexes/indexReport.ts";
import { fillSale } from "../invariants/fillSale.ts";
import { fillCatalog, type IndexGround } from "./fillCatalog.ts";
import { INDEX_CASES, type IndexCase } from "./indexCases.ts";
import { type IndexProgress, indexProgress } from "./indexProgress.ts";
import { insertCost } from "./insertCost.ts";
import { type MeasuredServer, measureVariant } from "./measureVariant.ts";

export interface IndexBenchInput {
  /** The URL of a migrated database without data. */
  readonly mysqlUrl: string;
  /** A multiple of 100, at least 10,000. */
  readonly rows: number;
  readonly isQuick: boolean;
  readonly nowMs: number;
  readonly onProgress: (progress: IndexProgress) => void;
  readonly signal: AbortSignal;
}

export type IndexBenchResult = Pick<IndexRun, "family" | "server" | "cases">;

interface Limits {
  readonly budgetMs: number;
  readonly runsMax: number;
  readonly batches: number;
  readonly batchSize: number;
}
const FULL: Limits = { budgetMs: 10_000, runsMax: 50, batches: 20, batchSize: 5_000 };
const QUICK: Limits = { budgetMs: 2_000, runsMax: 10, batches: 4, batchSize: 2_000 };
/** The share of the sale in the time of the fill, measured with 100,000 and a million rows. */
const SALE_SHARE = 0.85;

/** Fills the database, and measures each query with each of its variants. */
export async function runIndexBench(input: IndexBenchInput): Promise<IndexBenchResult> {
  const { mysqlUrl, rows, isQuick, nowMs, onProgress, signal } = input;
  const limits = isQuick ? QUICK : FULL;
  const variants = INDEX_CASES.reduce((sum, plan) => sum + plan.variants.length, 0);
  const { budgetMs } = limits;
  const progress = indexProgress({ rows, variants, budgetMs, onProgress });
  progress.fill(0);
  await fillSale({
    ...{ mysqlUrl, reservations: rows, signal },
    tables: ["reservations", "payments", "outbox_messages"],
    onProgress: () => undefined,
    onShare: (share) => progress.fill(share * SALE_SHARE),
  });
  const connection = await createConnection({ uri: mysqlUrl, timezone: "Z" });
  const kill = (): void => void killQuery(mysqlUrl, connection.threadId);
  signal.addEventListener("abort", kill);
  try {
    const onShare = (share: number): void => progress.fill(SALE_SHARE + share * (1 - SALE_SHARE));
    const ground = await fillCatalog(connection, { rows, nowMs, signal, onShare });
    const server = { connection, ...(await readServer(connection)), ...limits };
    const cases: IndexCaseResult[] = [];
    for (const plan of INDEX_CASES) {
      const onVariant = (name: string): void => {
        signal.throwIfAborted();
        progress.variant(`${plan.title}: ${name}`);
      };
      cases.push(await measureCase(server, plan, ground, limits, onVariant));
    }
    const family = server.isMariaDb ? "MariaDB" : "MySQL";
    return { family, server: `${family} ${server.version}`, cases };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", kill);
    await connection.end();
  }
}

async function measureCase(
  server: MeasuredServer,
  plan: IndexCase,
  ground: IndexGround,
  limits: Limits,
  onVariant: (name: string) => void,
): Promise<IndexCaseResult> {
  const { name, title, statement, table, index } = plan;
  const sql = STATEMENTS.find((one) => one.name === statement)?.text;
  if (sql === undefined) throw new Error(`no store has the statement ${statement}`);
  const variants = [];
  for (const variant of plan.variants) {
    onVariant(variant.name);
    const asked = { sql, values: plan.values(ground) };
    variants.push(await measureVariant(server, plan, variant, asked));
  }
  const [[size]] = await server.connection.query<RowDataPacket[]>(
    `SELECT COUNT(*) AS size FROM ${table}`,
  );
  const insert = await insertCost(server.connection, plan, limits);
  const tableRows = Number(size?.size ?? 0);
  return { name, title, statement, sql, table, index, tableRows, variants, insert };
}

async function readServer(
  connection: Connection,
): Promise<{ readonly isMariaDb: boolean; readonly version: string }> {
  const [[row]] = await connection.query<RowDataPacket[]>("SELECT VERSION() AS version");
  const version = String(row?.version);
  return { isMariaDb: version.includes("MariaDB"), version: version.split("-")[0] ?? version };
}

/** Ends the running statement, so that the database can be dropped immediately. */
async function killQuery(mysqlUrl: string, threadId: number): Promise<void> {
  const other = await createConnection({ uri: mysqlUrl });
  await other.query(`KILL QUERY ${threadId}`).finally(() => other.end());
}
