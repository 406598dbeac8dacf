import { Sequelize } from "sequelize";
import type { DependencyHealth, Logger, Metrics } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Random } from "../../shared/random.ts";
import type { Database } from "../sql/database.ts";
import { consistentSnapshots, type WithSnapshot } from "./consistentSnapshot.ts";
import { sequelizeDatabase } from "./sequelizeDatabase.ts";
import { type ServerWatch, watchServer } from "./serverWatch.ts";

/** The pool's bounds and the sessions' settings. */
export interface MysqlSettings {
  readonly url: string;
  readonly poolMax: number;
  readonly downAfterMs: number;
}

export interface OpenedMysql {
  readonly db: Database;
  readonly sequelize: Sequelize;
  readonly withSnapshot: WithSnapshot;
  /** Settles once the server was asked for the first time, whether it answered or not. */
  readonly asked: Promise<void>;
  health(): DependencyHealth;
  close(): Promise<void>;
}

/** Beyond this a waiting transaction restarts: long enough for any healthy row lock. */
const LOCK_WAIT_SECONDS = 2;
/**
 * How long a request may stand in line for a connection before it is refused; a dead server is
 * the watch's.
 */
const ACQUIRE_MS = 3_000;

/**
 * What every session runs under; the first of them is what the contested statements were measured
 * with.
 */
const SESSION_SETTINGS = [
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

/** Opens the pool and the watch. Never fails because the server is away. */
export function openMysql(
  settings: MysqlSettings,
  world: { clock: Clock; random: Random; log: Logger; metrics: Metrics },
): OpenedMysql {
  const sequelize = new Sequelize(settings.url, {
    dialect: "mysql",
    logging: false,
    timezone: "+00:00",
    dialectOptions: {
      supportBigNumbers: true,
      bigNumberStrings: false,
      connectTimeout: settings.downAfterMs,
    },
    pool: { max: settings.poolMax, min: 0, idle: 30_000, acquire: ACQUIRE_MS },
    retry: { max: 1 },
  });
  const watch = watchServer({ ...settings, clock: world.clock, log: world.log });
  destroyConnectionsWhenDown(sequelize, watch);
  sequelize.addHook("afterQuery", () => watch.noteAnswer());
  return {
    db: sequelizeDatabase(sequelize, watch, world),
    sequelize,
    withSnapshot: consistentSnapshots(sequelize, watch),
    asked: watch.asked,
    health: () => ({ dependency: "mysql", up: watch.up, reason: watch.reason }),
    async close() {
      await watch.close();
      await sequelize.close();
    },
  };
}

/**
 * A frozen server never answers, and a connection that waits for it never comes back. When the
 * watch says "down", every socket is cut, so that each waiting statement fails at once and
 * nothing that was in flight can still commit behind an answer that was given.
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
