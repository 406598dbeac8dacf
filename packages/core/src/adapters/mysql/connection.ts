import { type Options, Sequelize } from "sequelize";
import type { MysqlConfig } from "../../config/serverConfig.ts";
import type { PoolUse } from "../../ports/apiLoad.ts";
import type { DependencyHealth, Logger, Metrics } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Random } from "../../shared/random.ts";
import type { Database } from "../sql/database.ts";
import { databaseOptions, type MysqlAddress, SET_NAMES } from "./clientOptions.ts";
import { consistentSnapshots, type WithSnapshot } from "./consistentSnapshot.ts";
import { observePool, poolUseOf } from "./poolUse.ts";
import { sequelizeDatabase } from "./sequelizeDatabase.ts";
import { type ServerWatch, watchServer } from "./serverWatch.ts";

export interface OpenedMysql {
  readonly db: Database;
  readonly sequelize: Sequelize;
  readonly withSnapshot: WithSnapshot;
  /** Resolves after the first ping, whether the server answered or not. */
  readonly asked: Promise<void>;
  health(): DependencyHealth;
  poolUse(): PoolUse;
  close(): Promise<void>;
}

/**
 * Longer than a healthy transaction keeps a row lock. After this time the waiting transaction is
 * restarted.
 */
const LOCK_WAIT_SECONDS = 2;
/**
 * Longest wait of a request for a free connection of the pool. After this time the request is
 * refused. This limit does not detect a dead server; the server watch does.
 */
const ACQUIRE_MS = 3_000;

/**
 * The settings of every session. The isolation level is READ COMMITTED, at which the contested
 * statements were measured.
 */
const SESSION_SETTINGS = [
  SET_NAMES,
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
  `SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`,
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
];

interface RawConnection {
  readonly stream: { destroy(error?: Error): void };
  query(sql: string, done: (error: unknown) => void): void;
  once(event: "end", listener: () => void): void;
}

function isRawConnection(value: unknown): value is RawConnection {
  return typeof value === "object" && value !== null && "stream" in value && "query" in value;
}

/** Opens the pool and the server watch. Does not fail when the server is down. */
export function openMysql(
  settings: MysqlConfig,
  runtime: { clock: Clock; random: Random; log: Logger; metrics: Metrics },
): OpenedMysql {
  const sequelize = newSequelize(settings, {
    timezone: "+00:00",
    dialectOptions: {
      supportBigNumbers: true,
      bigNumberStrings: false,
      connectTimeout: settings.downAfterMs,
      // Sequelize has put the values in. The driver would search the whole text for placeholders.
      queryFormat: (sql: string) => sql,
    },
    pool: { max: settings.poolMax, min: 0, idle: 30_000, acquire: ACQUIRE_MS },
    retry: { max: 1 },
  });
  const watch = watchServer({
    ...{ ...settings, clock: runtime.clock, log: runtime.log },
    onLook: () => observePool(poolUseOf(sequelize, settings.poolMax), runtime.metrics),
  });
  destroyConnectionsWhenDown(sequelize, watch);
  sequelize.addHook("afterQuery", () => watch.noteAnswer());
  return {
    db: sequelizeDatabase(sequelize, watch, runtime),
    sequelize,
    withSnapshot: consistentSnapshots(settings, watch),
    asked: watch.asked,
    poolUse: () => poolUseOf(sequelize, settings.poolMax),
    health: watch.health,
    async close() {
      await watch.close();
      await sequelize.close();
    },
  };
}

/** Creates Sequelize's pool. Sequelize gets no URL, because it would read parameters of it. */
export function newSequelize(
  address: MysqlAddress,
  options: Pick<Options, "dialectOptions" | "pool" | "retry" | "timezone">,
): Sequelize {
  const { host, port, user, password, database, ...tls } = databaseOptions(address);
  return new Sequelize(database, user, password, {
    ...options,
    ...{ dialect: "mysql", logging: false, host, port },
    dialectOptions: { ...tls, ...options.dialectOptions },
  });
}

/**
 * A frozen server never answers, so its connections would wait for ever. When the watch reports
 * "down", every socket is destroyed. Each waiting statement then fails immediately, and no
 * statement can commit after its caller got an error.
 */
function destroyConnectionsWhenDown(sequelize: Sequelize, watch: ServerWatch): void {
  const open = new Set<RawConnection>();
  sequelize.addHook("afterConnect", async (connection: unknown) => {
    if (!isRawConnection(connection)) return;
    open.add(connection);
    connection.once("end", () => open.delete(connection));
    for (const sql of SESSION_SETTINGS) {
      await new Promise<void>((resolve, reject) => {
        connection.query(sql, (error) => (error ? reject(error) : resolve()));
      });
    }
  });
  sequelize.addHook("beforeDisconnect", (connection: unknown) => {
    if (isRawConnection(connection)) open.delete(connection);
  });
  watch.onDown(() => {
    for (const connection of open) connection.stream.destroy(new Error("MySQL is down"));
    open.clear();
  });
}
