import type { Cache } from "../../ports/cache.ts";
import { type CacheRuntime, throughCache } from "../shared/throughCache.ts";
import { unlessLost } from "./lostConnection.ts";
import type { RedisState } from "./redisState/redisState.ts";
import type { ServerLink } from "./serverLink.ts";

/**
 * Stores clones of values, so that a reader cannot change the value that another reader gets. In a
 * clone, a Date is still a Date. When the call to the server is lost, the cache loads the value
 * from its source.
 *
 * The cache does not store serialised bytes, because the bytes of equal arrays can differ:
 * `v8.serialize` depends on how V8 stores the elements, which changes while a process runs. Two
 * runs of one seed would then have different traces.
 */
export function memoryCache(
  redisState: RedisState,
  link: ServerLink,
  runtime: CacheRuntime,
): Cache {
  const { copies, nowMs } = redisState;
  return throughCache(
    {
      async read(key) {
        const found = link.call("redis", "cache.get", () => copies.get(key, nowMs()));
        const stored = await unlessLost(found, undefined);
        return stored && { value: cloneOf(stored.value) };
      },
      write(key, ttlMs, value) {
        const stored = cloneOf(value);
        const written = link.call("redis", "cache.set", () => {
          const storedAtMs = nowMs();
          copies.set(key, stored, storedAtMs + Math.ceil(ttlMs), storedAtMs);
        });
        void unlessLost(written, undefined);
      },
    },
    runtime,
  );
}

/** Clones a value. `structuredClone` is many times slower for the plain objects of most values. */
function cloneOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(cloneOf);
  if (value instanceof Date) return new Date(value);
  if (Object.getPrototypeOf(value) !== Object.prototype) return structuredClone(value);
  const clone: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) clone[key] = cloneOf(inner);
  return clone;
}
