/** A request to read one value through the cache. */
export interface CachedRead<T> {
  readonly key: string;
  /**
   * Lifetime of a cached copy, ms. A process keeps a copy of its own for a quarter of this time, so
   * a value may be up to 1.25 times as old.
   */
  readonly ttlMs: number;
  load(): Promise<T>;
  /**
   * Validates a cached copy and returns it as a `T`.
   * @throws when the copy has another shape, because another version of the program may have
   *   written it. The cache then loads the value from its source
   */
  parse(copy: unknown): T;
}

/**
 * Short-lived copies of catalog reads. When a copy is lost, a read takes longer, but its answer
 * stays correct.
 *
 * Readers share the values, so the cache freezes what it returns and what `load` returns.
 */
export interface Cache {
  /**
   * Returns the cached value. When there is none, loads the value from its source and stores it for
   * `ttlMs`. Concurrent reads of a key in one process share one load. While the cache server does
   * not answer, every process loads the value by itself.
   */
  through<T>(read: CachedRead<T>): Promise<T>;
  /** Stores a value that has no source, for `ttlMs`. Returns before the value is written. */
  keep(key: string, ttlMs: number, value: unknown): void;
  /**
   * Returns a value that `keep` has stored; undefined when the value is lost, has another shape, or
   * was never stored.
   */
  find<T>(read: Omit<CachedRead<T>, "load">): Promise<T | undefined>;
}
