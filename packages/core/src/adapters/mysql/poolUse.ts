import type { Sequelize } from "sequelize";
import type { Metrics } from "../../ports/observability.ts";

/** Counters of the pool of one process. */
interface PoolUse {
  /** Connections that run a statement or a transaction. */
  readonly using: number;
  /** Statements and transactions that wait for a free connection. */
  readonly waiting: number;
}

function isPool(value: unknown): value is PoolUse {
  return typeof value === "object" && value !== null && "using" in value && "waiting" in value;
}

/**
 * Writes the use of the pool to gauges. When requests wait for a connection for long, MySQL is too
 * slow for the load, or `MYSQL_POOL_MAX` is too low for it.
 */
export function observePool(sequelize: Sequelize, poolMax: number, metrics: Metrics): void {
  // Sequelize does not declare its pool, so the form of the pool is checked.
  const pool: unknown = Reflect.get(sequelize.connectionManager, "pool");
  if (!isPool(pool)) return;
  metrics.gauge("mysql_pool_in_use", pool.using);
  metrics.gauge("mysql_pool_waiting", pool.waiting);
  metrics.gauge("mysql_pool_max", poolMax);
}
