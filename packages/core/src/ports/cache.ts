/** One value that is read through the cache. */
export interface CachedRead<T> {
  readonly key: string;
  /** How long a copy may be served. */
  readonly ttlMs: number;
  load(): Promise<T>;
  /**
   * Gives a stored copy its type.
   * @throws for a copy that is not of this shape, as another version may have written it; the value
   *   is loaded then
   */
  parse(copy: unknown): T;
}

/** Short-lived copies of catalog reads. Losing them costs time, never correctness. */
export interface Cache {
  /**
   * The cached value, or the loaded one, which is stored for `ttlMs`. Concurrent reads of a key in
   * one process share one load. While the cache server does not answer, each read loads.
   */
  through<T>(read: CachedRead<T>): Promise<T>;
}
