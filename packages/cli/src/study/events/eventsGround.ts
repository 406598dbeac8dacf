import type { CoreContext } from "@onsale/core";
import { deleteTopics } from "@onsale/devstack";
import { dropBenchKeys, removeAll } from "@onsale/simulator/bench";
import { loadAverageNow, type OutboxReport, thisMachine } from "@onsale/simulator/study";
import { commitOf } from "../../commitOf.ts";
import { reachableServers } from "../../reachableServers.ts";
import { runOwnData } from "../../sim/runOwnData.ts";
import { measuredServers } from "../../stackEnvironment.ts";

/** The facts about a measurement, beside its figures. */
export interface Measured<Figures> {
  readonly takenAt: string;
  readonly tookMs: number;
  readonly commit?: string;
  readonly machine: OutboxReport["machine"];
  readonly figures: Figures;
}

/** Measures on a database, Redis keys and topics of its own, and removes the data afterwards. */
export async function measureEvents<Figures>(
  settings: Readonly<Record<string, string>>,
  work: (core: CoreContext, env: NodeJS.ProcessEnv) => Promise<Figures>,
): Promise<Measured<Figures>> {
  const { createLogger, migrateDatabase, openCore, readServersConfig } = await import(
    "@onsale/core"
  );
  const servers = await measuredServers();
  const own = runOwnData(servers);
  const env: NodeJS.ProcessEnv = { ...own.env, ...settings, LOG_LEVEL: "silent" };
  const config = readServersConfig(env);
  const versions = await reachableServers(servers, ["mysql", "redis", "kafka"]);
  const loadBefore = loadAverageNow();
  const startedAt = new Date();
  const startedMs = performance.now();
  try {
    await migrateDatabase(config);
    const { core, close } = await openCore(config, { role: "all", log: createLogger("silent") });
    const figures = await work(core, env).finally(close);
    const commit = await commitOf(import.meta.dirname);
    const loadAfter = loadAverageNow();
    return {
      ...{ takenAt: startedAt.toISOString(), tookMs: Math.round(performance.now() - startedMs) },
      ...(commit !== undefined && { commit }),
      machine: {
        ...thisMachine(),
        servers: [...versions],
        ...{ loadBefore, loadAfter },
      },
      figures,
    };
  } finally {
    await removeAll(
      () => own.drop(),
      () => dropBenchKeys(config.redis.url, env.REDIS_KEY_PREFIX ?? ""),
      () => deleteTopics(env.KAFKA_BROKERS ?? "", env.KAFKA_TOPIC_PREFIX ?? ""),
    );
  }
}
