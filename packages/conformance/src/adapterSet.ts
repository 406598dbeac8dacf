import type { CoreContext } from "@onsale/core";

/**
 * A set of adapters for all ports, under test: the real ones on their servers, or those in memory.
 * The conformance cases know nothing else of it.
 */
export interface AdapterSet {
  /** For the names of suites: "real servers", "memory". */
  readonly name: string;
  /** Servers (or a part of them) that no other case uses. */
  open(overrides?: Readonly<Record<string, string>>): Promise<OpenedAdapters>;
}

/** Empty stores, and the means to do to them what happens in the world. */
export interface OpenedAdapters {
  /** The ports of one process. */
  readonly core: CoreContext;
  /** The ports of one more process on the same servers. */
  another(): Promise<CoreContext>;
  /**
   * Makes everything that is stored so much older: afterwards it is as if so many ms had passed
   * since. Sequences, which name places, stay as they are.
   */
  passTime(ms: number): Promise<void>;
  /** Redis loses its whole state, as Redis does at a restart without its data. */
  loseMemory(): Promise<void>;
  close(): Promise<void>;
}
