import type { Cache, CachedRead } from "../../ports/cache.ts";

/** Stores the copies of a cache. */
export interface Copies {
  /** Returns undefined when there is no copy or the server does not answer; never throws. */
  read(key: string): Promise<{ readonly value: unknown } | undefined>;
  /**
   * Returns before the copy is written. When the write fails, the next reader loads the value
   * again.
   */
  write(key: string, ttlMs: number, value: unknown): void;
}

/** A cache that loads missing values, with one load at a time for each key in this process. */
export function throughCache({ read, write }: Copies): Cache {
  const loading = new Map<string, Promise<unknown>>();

  async function readOrLoad<T>({ key, ttlMs, load, parse }: CachedRead<T>): Promise<T> {
    const hit = await read(key);
    if (hit) {
      try {
        return parse(hit.value);
      } catch {
        // Another version of the program wrote this copy. The cache loads the value and replaces
        // the copy.
      }
    }
    const value = await load();
    write(key, ttlMs, value);
    return value;
  }

  return {
    through(wanted) {
      const { key, parse } = wanted;
      const shared = loading.get(key);
      if (shared) return shared.then(parse);
      const own = readOrLoad(wanted);
      loading.set(key, own);
      const forget = (): boolean => loading.delete(key);
      own.then(forget, forget);
      return own;
    },
  };
}
