import type { CoreContext } from "../ports/coreContext.ts";
import type { Logger, Metrics } from "../ports/observability.ts";

/** The work of a process: `api` serves requests, `worker` runs the loops, `all` does both. */
export type Role = "api" | "worker" | "all";

export interface OpenCoreOptions {
  readonly log?: Logger;
  readonly metrics?: Metrics;
  /** Default: all. The api role never connects to the broker. */
  readonly role?: Role;
}

export interface OpenedCore {
  readonly core: CoreContext;
  /** Closes every connection; safe to call twice. */
  close(): Promise<void>;
}
