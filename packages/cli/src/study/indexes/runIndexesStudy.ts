import { randomBytes } from "node:crypto";
import {
  benchDatabaseUrl,
  dropBenchDatabase,
  type IndexProgress,
  runIndexBench,
} from "@onsale/simulator/bench";
import { type IndexRun, loadAverageNow, thisMachine } from "@onsale/simulator/study";
import { durationText } from "@onsale/simulator/terminal";
import { commitOf } from "../../commitOf.ts";
import { measuredServers } from "../../stackEnvironment.ts";

export interface IndexesStudyInput {
  readonly rows: readonly number[];
  readonly isQuick: boolean;
  /** Called after each number of rows, so that a later interruption loses no finished figures. */
  readonly onRun: (run: IndexRun) => Promise<void>;
  /**
   * @param stage the current number of rows and step
   * @param elapsedMs ms since the start of this number of rows
   */
  readonly onProgress: (text: string, stage: string, elapsedMs: number) => void;
  readonly signal: AbortSignal;
}

/** The part of a step that changes while the step lasts. */
const PERCENT = /\d+ %$/;

/** Measures each number of rows in a database of its own, which is dropped at the end. */
export async function runIndexesStudy(input: IndexesStudyInput): Promise<readonly IndexRun[]> {
  // Before the first run, because the checkout can change during it.
  const commit = await commitOf(import.meta.dirname);
  const runs: IndexRun[] = [];
  for (const rows of input.rows) {
    const run = await measureOne(rows, commit, input);
    runs.push(run);
    await input.onRun(run);
  }
  return runs;
}

async function measureOne(
  rows: number,
  commit: string | undefined,
  { isQuick, onProgress, signal }: IndexesStudyInput,
): Promise<IndexRun> {
  const { migrateDatabase, readServersConfig } = await import("@onsale/core");
  const env = await measuredServers();
  const database = `onsale_study_${randomBytes(4).toString("hex")}`;
  const mysqlUrl = benchDatabaseUrl(env.MYSQL_URL ?? "", database);
  const config = readServersConfig({ ...env, MYSQL_URL: mysqlUrl, LOG_LEVEL: "error" });
  const loadBefore = loadAverageNow();
  const startedAt = new Date();
  const startedMs = performance.now();
  const onStep = ({ step, elapsedMs, toGoMs, atMostMs }: IndexProgress): void => {
    const toGo = `about ${durationText(toGoMs)} to go, at most ${durationText(atMostMs)}`;
    const stage = step.replace(PERCENT, "");
    onProgress(`${rows.toLocaleString("en")} rows: ${step}; ${toGo}`, stage, elapsedMs);
  };
  try {
    await migrateDatabase(config);
    const nowMs = startedAt.getTime();
    const bench = { mysqlUrl, rows, isQuick, nowMs, onProgress: onStep, signal };
    const result = await runIndexBench(bench);
    const loadAfter = loadAverageNow();
    return {
      ...{ takenAt: startedAt.toISOString(), rows, isQuick, ...result },
      ...(commit !== undefined && { commit }),
      tookMs: Math.round(performance.now() - startedMs),
      machine: {
        ...thisMachine(),
        ...{ loadBefore, loadAfter },
      },
    };
  } finally {
    await dropBenchDatabase(mysqlUrl);
  }
}
