import { deserialize, serialize } from "node:v8";
import type { Cache } from "../../ports/cache.ts";
import type { RedisConnection } from "./connection.ts";

/**
 * Values in Redis as structured clones, so that dates stay dates. One load for each key at a time
 * in this process; a Redis that is away, or holds what this version cannot read, is passed by.
 */
export function redisCache(redis: RedisConnection, prefix: string): Cache {
  const loading = new Map<string, Promise<unknown>>();

  async function read(key: string): Promise<{ value: unknown } | undefined> {
    try {
      const stored = await redis.run((client) => client.getBuffer(key));
      return stored === null ? undefined : { value: deserialize(stored) };
    } catch {
      return undefined;
    }
  }

  function write(key: string, ttlMs: number, value: unknown): void {
    const stored = serialize(value);
    // Nobody waits for the copy: without it the next reader loads again.
    redis.run((client) => client.set(key, stored, "PX", Math.ceil(ttlMs))).catch(() => undefined);
  }

  async function readOrLoad(key: string, ttlMs: number, load: () => Promise<unknown>) {
    const hit = await read(key);
    if (hit) return hit.value;
    const value = await load();
    write(key, ttlMs, value);
    return value;
  }

  return {
    through<T>(name: string, ttlMs: number, load: () => Promise<T>): Promise<T> {
      const key = `${prefix}cache:${name}`;
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
