import type { CoreContext } from "@onsale/core";
import type { MemoryServers, ServerLink } from "@onsale/core/memory";

/** A fault that a test plants in the product. */
export interface Mutant {
  /**
   * True when the mutant causes call faults or scheduled faults. A run with it never counts as
   * calm.
   */
  readonly isRough?: boolean;
  /** Removes constraints of the in-memory database. */
  weaken?(servers: MemoryServers): void;
  /** Changes how a process calls its servers and receives their answers. */
  replaceLink?(link: ServerLink): ServerLink;
  /**
   * Changes the ports of every process.
   * @param link the process's link to the servers, on which the mutant can run its own statements
   */
  alter?(core: CoreContext, servers: MemoryServers, link: ServerLink): CoreContext;
}
