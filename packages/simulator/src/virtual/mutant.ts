import type { CoreContext } from "@onsale/core";
import type { MemoryServers, ServerLink } from "@onsale/core/memory";

/** A fault planted in the product; only tests make one. */
export interface Mutant {
  /** True when the mutant causes call faults or scheduled faults: no such run counts as calm. */
  readonly isRough?: boolean;
  /** Removes defences of the stores. */
  weaken?(servers: MemoryServers): void;
  /** Changes how a process receives its servers' answers. */
  replaceLink?(link: ServerLink): ServerLink;
  /**
   * Changes the ports of every process.
   * @param link the process's link to the servers, for statements of the mutant's own
   */
  alter?(core: CoreContext, servers: MemoryServers, link: ServerLink): CoreContext;
}
