import type { CoreContext } from "@onsale/core";

/**
 * A set of adapters for all ports that the cases test: adapters on real servers, or in-memory
 * adapters. The conformance cases use only this interface.
 */
export interface AdapterSet {
  /** The name in the titles of suites: "real servers", "in memory". */
  readonly name: string;
  /** Opens servers, or parts of servers, that no other case uses. */
  open(overrides?: Readonly<Record<string, string>>): Promise<OpenedAdapters>;
}

/** Empty stores, with functions that let time pass and make Redis lose its state. */
export interface OpenedAdapters {
  /** The ports of the first process. */
  readonly core: CoreContext;
  /** Opens the ports of another process on the same servers. */
  another(): Promise<CoreContext>;
  /**
   * Makes all stored data `ms` older, as if this time had passed. Sequences, which identify places,
   * do not change.
   */
  passTime(ms: number): Promise<void>;
  /** Makes Redis lose its whole state, like a restart without persistence. */
  loseRedisState(): Promise<void>;
  close(): Promise<void>;
}
