import type { Cache } from "../../ports/cache.ts";

/** Where a cache keeps its copies. */
export interface Copies {
  /** Undefined when there is none that can be had; never throws. */
  read(key: string): Promise<{ readonly value: unknown } | undefined>;
  /** Nobody waits for it: without the copy the next reader loads again. */
  write(key: string, ttlMs: number, value: unknown): void;
}

/** Reads through to the loader, one load for each key at a time in this process. */
export function throughCache({ read, write }: Copies): Cache {
  const loading = new Map<string, Promise<unknown>>();

  async function readOrLoad(key: string, ttlMs: number, load: () => Promise<unknown>) {
    const hit = await read(key);
    if (hit) return hit.value;
    const value = await load();
    write(key, ttlMs, value);
    return value;
  }

  return {
    through<T>(key: string, ttlMs: number, load: () => Promise<T>): Promise<T> {
      const shared = loading.get(key) ?? readOrLoad(key, ttlMs, load);
      if (!loading.has(key)) {
        loading.set(key, shared);
        const forget = (): boolean => loading.delete(key);
        shared.then(forget, forget);
      }
      return shared.then((value) => trusted<T>(value));
    },
  };
}

/** A key's values are written by one loader, so what comes back has the loader's type. */
function trusted<T>(value: unknown): T;
function trusted(value: unknown): unknown {
  return value;
}
