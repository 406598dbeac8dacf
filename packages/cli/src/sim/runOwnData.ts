import { randomBytes } from "node:crypto";
import { benchDatabaseUrl, dropBenchDatabase } from "@onsale/simulator/bench";

/** The environment of one run, with data of its own. */
export interface OwnData {
  readonly env: NodeJS.ProcessEnv;
  readonly database: string;
  /**
   * Drops the run's database. Its few topics and Redis keys stay; they have a prefix of their own.
   */
  drop(): Promise<void>;
}

/**
 * Gives a run a database, a Redis prefix and a topic prefix of its own on the given servers, so
 * that the verdict covers this run only and the demo data stays unchanged.
 */
export function runOwnData(env: NodeJS.ProcessEnv): OwnData {
  const name = randomBytes(4).toString("hex");
  const database = `onsale_rush_${name}`;
  const mysqlUrl = benchDatabaseUrl(env.MYSQL_URL ?? "", database);
  return {
    env: {
      ...env,
      MYSQL_URL: mysqlUrl,
      REDIS_KEY_PREFIX: `rush-${name}:`,
      KAFKA_TOPIC_PREFIX: `rush-${name}.`,
    },
    database,
    drop: () => dropBenchDatabase(mysqlUrl),
  };
}
