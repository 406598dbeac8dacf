import { randomBytes } from "node:crypto";
import type { InvariantReport } from "@onsale/core";
import { benchDatabaseUrl, dropBenchDatabase, fillSale } from "@onsale/simulator/bench";
import { drawInvariants } from "../diagnosis.ts";
import { openCoreFor } from "../openQuietCore.ts";
import { measuredServers } from "../stackEnvironment.ts";

export interface InvariantsBenchInput {
  readonly reservations: number;
  readonly onProgress: (line: string) => void;
}

export interface InvariantsBenchResult {
  readonly reservations: number;
  /** The name of the database, which only the benchmark uses and which is dropped at the end. */
  readonly database: string;
  readonly tookMs: number;
  /** CPU time of this process, ms. */
  readonly cpuMs: number;
  /** Peak resident memory of this process, before and after the check. */
  readonly idleMib: number;
  readonly peakMib: number;
  readonly report: InvariantReport;
}

/** Fills a separate database with a sale, and measures one check of every invariant. */
export async function runInvariantsBench(
  input: InvariantsBenchInput,
): Promise<InvariantsBenchResult> {
  const { migrateDatabase, readServersConfig } = await import("@onsale/core");
  const env = await measuredServers();
  const database = `onsale_bench_${randomBytes(4).toString("hex")}`;
  const mysqlUrl = benchDatabaseUrl(env.MYSQL_URL ?? "", database);
  const config = readServersConfig({ ...env, MYSQL_URL: mysqlUrl, LOG_LEVEL: "error" });
  const { reservations, onProgress } = input;
  try {
    await migrateDatabase(config);
    await fillSale({
      mysqlUrl,
      reservations,
      onProgress: (table) => onProgress(`filled ${table}`),
    });
    const opened = await openCoreFor(config);
    try {
      return { reservations, database, ...(await measure(opened.core)) };
    } finally {
      await opened.close();
    }
  } finally {
    await dropBenchDatabase(mysqlUrl);
  }
}

type Measured = Omit<InvariantsBenchResult, "reservations" | "database">;

async function measure(core: Awaited<ReturnType<typeof openCoreFor>>["core"]): Promise<Measured> {
  const { checkInvariants } = await import("@onsale/core");
  const idleMib = peakMibSoFar();
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const report = await checkInvariants(core);
  const { user, system } = process.cpuUsage(cpuBefore);
  const tookMs = performance.now() - startedMs;
  return { tookMs, cpuMs: (user + system) / 1000, idleMib, peakMib: peakMibSoFar(), report };
}

function peakMibSoFar(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** Formats the result for people. */
export function drawInvariantsBench(result: InvariantsBenchResult): string {
  const { reservations, tookMs, cpuMs, idleMib, peakMib, report } = result;
  const rowsRead = report.results.reduce((sum, one) => sum + one.rowsRead, 0);
  return [
    `${reservations} reservations, ${rowsRead} rows counted by the checkers`,
    `Check     ${(tookMs / 1000).toFixed(1)} s, ${(cpuMs / 1000).toFixed(1)} s of processor time`,
    `Memory    ${peakMib} MiB at most, ${idleMib} MiB before the check`,
    drawInvariants(report),
  ].join("\n");
}
