import type { Database } from "../adapters/sql/database.ts";
import type { Sql } from "../adapters/sql/statement.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Logger, Metrics } from "../ports/observability.ts";
import type { Tracing } from "../ports/tracing.ts";

/**
 * The work of a process: `api` serves requests, `queue` only those of waiting buyers, `worker` runs
 * the loops, `all` serves requests and runs the loops.
 */
export type Role = "api" | "queue" | "worker" | "all";

/** Other statements for the stores, for a study that compares them. */
export interface DatabaseChange {
  /** The statements that the changed database runs beside those of the stores. */
  readonly statements: readonly Sql[];
  change(db: Database): Database;
}

export interface OpenCoreOptions {
  readonly log?: Logger;
  readonly metrics?: Metrics;
  /** Default: all. The roles api and queue never connect to the broker. */
  readonly role?: Role;
  /** Traces what the core does for traced requests and messages. The caller closes it. */
  readonly tracing?: Tracing | undefined;
  /** Default: the stores' own statements. */
  readonly databaseChange?: DatabaseChange | undefined;
}

export interface OpenedCore {
  readonly core: CoreContext;
  /** Closes every connection; safe to call twice. */
  close(): Promise<void>;
}
