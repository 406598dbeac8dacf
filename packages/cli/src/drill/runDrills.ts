import type { Stack } from "@onsale/devstack";
import type { Drill } from "./drill.ts";
import { type DrillGround, openDrillGround } from "./drillGround.ts";
import type { DrillResult } from "./drillResult.ts";
import { runDrill } from "./runDrill.ts";

export interface RunDrillsOptions {
  readonly stack: Pick<Stack, "fault" | "urls">;
  /** Keeps the data of each drill. Otherwise only the data of a drill that failed stays. */
  readonly keep: boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Runs drills one after the other. Drills with the same settings share their data and processes,
 * as long as each of them ended well: a repaired installation is as good as a new one.
 */
export async function runDrills(
  drills: readonly Drill[],
  options: RunDrillsOptions,
): Promise<readonly DrillResult[]> {
  const { signal, say } = options;
  const results: DrillResult[] = [];
  let ground: DrillGround | undefined;
  let groundKey = "";
  const leave = async (isKept: boolean): Promise<string | undefined> => {
    const left = ground;
    ground = undefined;
    await left?.close();
    if (!isKept) await left?.own.drop();
    return isKept ? left?.own.database : undefined;
  };
  try {
    for (const drill of drills) {
      if (signal.aborted) break;
      const { settings = {}, hasOrdinaryUser = false } = drill;
      const key = JSON.stringify({ settings, hasOrdinaryUser });
      if (groundKey !== key) await leave(options.keep);
      groundKey = key;
      if (!ground) say(`${drill.runbook}: starting an API process and a worker`);
      ground ??= await openDrillGround({
        ...{ ...options, settings, hasOrdinaryUser, name: drill.runbook },
      });
      const result = await runDrill(drill, { ground, signal, say });
      const isKept = options.keep || !["repaired", "interrupted"].includes(result.outcome);
      const database = result.outcome === "repaired" ? undefined : await leave(isKept);
      results.push({ ...result, database });
    }
    return results;
  } finally {
    const database = await leave(options.keep);
    if (database !== undefined) say(`The data stays in the database ${database}.`);
  }
}
