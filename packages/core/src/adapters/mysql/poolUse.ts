import type { Sequelize } from "sequelize";
import type { PoolUse } from "../../ports/apiLoad.ts";
import type { Metrics } from "../../ports/observability.ts";

interface SequelizePool {
  readonly using: number;
  readonly waiting: number;
}

function isPool(value: unknown): value is SequelizePool {
  return typeof value === "object" && value !== null && "using" in value && "waiting" in value;
}

/** Reads the use of the pool. Sequelize does not declare its pool, so the form is checked. */
export function poolUseOf(sequelize: Sequelize, max: number): PoolUse {
  const pool: unknown = Reflect.get(sequelize.connectionManager, "pool");
  if (!isPool(pool)) return { inUse: 0, waiting: 0, max };
  return { inUse: pool.using, waiting: pool.waiting, max };
}

/**
 * Writes the use of the pool to gauges. When requests wait for a connection for long, MySQL is too
 * slow for the load, or `MYSQL_POOL_MAX` is too low for it.
 */
export function observePool({ inUse, waiting, max }: PoolUse, metrics: Metrics): void {
  metrics.gauge("mysql_pool_in_use", {}, inUse);
  metrics.gauge("mysql_pool_waiting", {}, waiting);
  metrics.gauge("mysql_pool_max", {}, max);
}
