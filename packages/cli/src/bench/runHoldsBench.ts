import { randomBytes } from "node:crypto";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { stackStatus } from "@onsale/devstack";
import {
  benchDatabaseUrl,
  benchHolds,
  dropBenchDatabase,
  type HoldsBenchOptions,
  type HoldsBenchResult,
  type WatchedProcesses,
} from "@onsale/simulator/bench";
import { openCoreFor } from "../openQuietCore.ts";
import { DEVSTACK_FOLDER, PRODUCT_ENTRY } from "../productEntry.ts";
import { serverEnvironment, withSecrets } from "../stackEnvironment.ts";

type Given = "inFlight" | "rounds" | "holdsPerRound" | "processCounts" | "profile";
export type HoldsBenchInput = Pick<HoldsBenchOptions, Given | "onProgress" | "signal">;

/** The results of the benchmark, and the machine that ran it. */
export interface HoldsBenchReport extends HoldsBenchResult {
  readonly takenAt: string;
  /** The name of the database, which only the benchmark uses and which is dropped at the end. */
  readonly database: string;
  readonly machine: {
    readonly cores: number;
    readonly cpu: string;
    readonly memoryMb: number;
    readonly node: string;
    readonly servers: readonly string[];
  };
}

/** One hour, so that no hold expires during a benchmark. */
const HOLD_TTL_MS = 3_600_000;

/** Runs the benchmark in its own database and under its own key prefix. */
export async function runHoldsBench(input: HoldsBenchInput): Promise<HoldsBenchReport> {
  const { inspectServers, migrateDatabase, readServersConfig } = await import("@onsale/core");
  const servers = await withSecrets((await serverEnvironment()).env);
  const runId = `bench_${randomBytes(4).toString("hex")}`;
  const database = `onsale_${runId}`;
  const mysqlUrl = benchDatabaseUrl(servers.MYSQL_URL ?? "", database);
  const env: NodeJS.ProcessEnv = {
    ...servers,
    MYSQL_URL: mysqlUrl,
    REDIS_KEY_PREFIX: `onsale-${runId}:`,
    HOLD_TTL_MS: String(HOLD_TTL_MS),
    ROLE: "api",
  };
  const config = readServersConfig(env);
  const status = await stackStatus();
  const versions = (await inspectServers(config)).flatMap(({ server, version }) =>
    server === "kafka" || version === undefined ? [] : [version],
  );
  try {
    await migrateDatabase(config);
    const opened = await openCoreFor({ ...config, logLevel: "error" });
    try {
      const result = await benchHolds({
        ...input,
        core: opened.core,
        mysqlUrl,
        apis: { entry: PRODUCT_ENTRY, env, folder: join(DEVSTACK_FOLDER, "bench") },
        servers: watchable(status),
      });
      const takenAt = new Date().toISOString();
      return { takenAt, database, machine: machineOf(versions), ...result };
    } finally {
      await opened.close();
    }
  } finally {
    await dropBenchDatabase(mysqlUrl);
  }
}

type Status = Awaited<ReturnType<typeof stackStatus>>;

function watchable(status: Status): WatchedProcesses {
  const known = status.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, [pid]]]));
  return Object.fromEntries(known);
}

function machineOf(servers: readonly string[]): HoldsBenchReport["machine"] {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryMb: Math.round(totalmem() / 1024 / 1024),
    node: process.version,
    servers,
  };
}
