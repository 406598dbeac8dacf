import { deserialize, serialize } from "node:v8";
import type { Cache } from "../../ports/cache.ts";
import { throughCache } from "../shared/throughCache.ts";
import { unlessLost } from "./lostConnection.ts";
import type { RedisState } from "./redisState/redisState.ts";
import type { ServerLink } from "./serverLink.ts";

/**
 * Stores serialised copies of values, so that a reader cannot change the value of another reader
 * and dates stay dates. When a call is lost, the cache loads the value.
 */
export function memoryCache(redisState: RedisState, link: ServerLink): Cache {
  const { copies, nowMs } = redisState;
  return throughCache({
    async read(key) {
      const found = link.call("redis", "cache.get", () => copies.get(key, nowMs()));
      const stored = await unlessLost(found, undefined);
      return stored && { value: deserialize(stored.value) };
    },
    write(key, ttlMs, value) {
      const stored = serialize(value);
      const written = link.call("redis", "cache.set", () => {
        const storedAtMs = nowMs();
        copies.set(key, stored, storedAtMs + Math.ceil(ttlMs), storedAtMs);
      });
      void unlessLost(written, undefined);
    },
  });
}
