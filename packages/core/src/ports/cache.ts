/** A read of one value through the cache. */
export interface CachedRead<T> {
  readonly key: string;
  /** Lifetime of a cached copy, ms. */
  readonly ttlMs: number;
  load(): Promise<T>;
  /**
   * Validates a cached copy and returns it as a `T`.
   * @throws for a copy of another shape, which another version of the program may have written. The
   *   cache then loads the value
   */
  parse(copy: unknown): T;
}

/** Short-lived copies of catalog reads. A lost copy costs time but never makes an answer wrong. */
export interface Cache {
  /**
   * Returns the cached value. Without a cached value, loads the value and stores it for `ttlMs`.
   * Concurrent reads of a key in one process share one load. While the cache server does not
   * answer, each read loads the value.
   */
  through<T>(read: CachedRead<T>): Promise<T>;
}
