/** A request to read one value through the cache. */
export interface CachedRead<T> {
  readonly key: string;
  /** Lifetime of a cached copy, ms. */
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
 */
export interface Cache {
  /**
   * Returns the cached value. When there is none, loads the value from its source and stores it for
   * `ttlMs`. Concurrent reads of a key in one process share one load. While the cache server does
   * not answer, every read loads the value.
   */
  through<T>(read: CachedRead<T>): Promise<T>;
}
