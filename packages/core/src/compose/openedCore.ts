import type { CoreContext } from "../ports/coreContext.ts";
import type { Logger, Metrics } from "../ports/observability.ts";

/**
 * The work of a process: `api` serves requests, `queue` only those of waiting buyers, `worker` runs
 * the loops, `all` serves requests and runs the loops.
 */
export type Role = "api" | "queue" | "worker" | "all";

export interface OpenCoreOptions {
  readonly log?: Logger;
  readonly metrics?: Metrics;
  /** Default: all. The roles api and queue never connect to the broker. */
  readonly role?: Role;
}

export interface OpenedCore {
  readonly core: CoreContext;
  /** Closes every connection; safe to call twice. */
  close(): Promise<void>;
}
