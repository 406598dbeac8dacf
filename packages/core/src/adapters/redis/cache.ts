import { deserialize, serialize } from "node:v8";
import type { Cache } from "../../ports/cache.ts";
import { type CacheRuntime, throughCache } from "../shared/throughCache.ts";
import type { RedisConnection } from "./connection.ts";

/**
 * Stores values in Redis as structured clones, so that a Date stays a Date. While Redis does not
 * answer, and when this version of the program cannot read the copy in Redis, the cache loads the
 * value from its source.
 */
export function redisCache(redis: RedisConnection, prefix: string, runtime: CacheRuntime): Cache {
  const nameOf = (key: string): string => `${prefix}cache:${key}`;
  return throughCache(
    {
      async read(key) {
        try {
          const stored = await redis.run((client) => client.getBuffer(nameOf(key)));
          return stored === null ? undefined : { value: deserialize(stored) };
        } catch {
          return undefined;
        }
      },
      write(key, ttlMs, value) {
        const stored = serialize(value);
        redis
          .run((client) => client.set(nameOf(key), stored, "PX", Math.ceil(ttlMs)))
          .catch(() => undefined);
      },
    },
    runtime,
  );
}
