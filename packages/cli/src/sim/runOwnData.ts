import { randomBytes } from "node:crypto";
import { benchDatabaseUrl, dropBenchDatabase } from "@onsale/simulator/bench";

/** The environment of one run that uses only its own data. */
export interface OwnData {
  readonly env: NodeJS.ProcessEnv;
  readonly database: string;
  /**
   * Drops the run's database. The few topics and Redis keys of the run remain, under their own
   * prefix.
   */
  drop(): Promise<void>;
}

/**
 * Makes an environment in which a run has its own database, Redis prefix and topic prefix on the
 * given servers. The checks then cover only this run, and the demo data stays unchanged.
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
