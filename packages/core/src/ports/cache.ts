/** Short-lived copies of catalog reads. Losing it costs time, never truth. */
export interface Cache {
  /**
   * The cached value, or the loaded one, stored for `ttlMs`. Concurrent loads of a key in one
   * process share one call. A cache server that is away is passed by.
   */
  through<T>(key: string, ttlMs: number, load: () => Promise<T>): Promise<T>;
}
