import type { CoreContext } from "@onsale/core";

/**
 * A set of adapters for all ports, under test: adapters on real servers, or in-memory adapters.
 * The conformance cases use only this interface.
 */
export interface AdapterSet {
  /** For the names of suites: "real servers", "in memory". */
  readonly name: string;
  /** Opens servers, or parts of servers, that no other case uses. */
  open(overrides?: Readonly<Record<string, string>>): Promise<OpenedAdapters>;
}

/** Empty stores, and functions that pass time and lose Redis. */
export interface OpenedAdapters {
  /** The ports of one process. */
  readonly core: CoreContext;
  /** The ports of one more process on the same servers. */
  another(): Promise<CoreContext>;
  /**
   * Makes all stored data `ms` older, as if this time had passed.
   * Sequences, which identify places, do not change.
   */
  passTime(ms: number): Promise<void>;
  /** Redis loses its whole state, as at a restart without data. */
  loseMemory(): Promise<void>;
  close(): Promise<void>;
}
