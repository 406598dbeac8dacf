import { z } from "zod";
import type { ApiLoad, ApiLoadStore } from "../../ports/apiLoad.ts";
import type { RedisConnection } from "./connection.ts";

const count = z.number().nonnegative();
const loadSchema = z.object({
  processName: z.string(),
  inFlight: count,
  inFlightMax: count,
  pool: z.object({ inUse: count, waiting: count, max: count }),
  loopDelayMs: count,
});

/**
 * Stores each report in a key of its own, which Redis deletes when the report is too old. A set has
 * the names of the processes, because a search for keys would read all keys of Redis.
 */
export function redisApiLoadStore(redis: RedisConnection, prefix: string): ApiLoadStore {
  const names = `${prefix}api-loads`;
  const keyOf = (processName: string): string => `${prefix}api-load:${processName}`;
  return {
    async report(load, ttlMs) {
      const stored = JSON.stringify(load);
      await redis.run(async (client) => {
        await client.set(keyOf(load.processName), stored, "PX", Math.ceil(ttlMs));
        await client.sadd(names, load.processName);
      });
    },
    async remove(processName) {
      await redis.run(async (client) => {
        await client.del(keyOf(processName));
        await client.srem(names, processName);
      });
    },
    list: () =>
      redis.run(async (client) => {
        const known = (await client.smembers(names)).toSorted();
        if (known.length === 0) return [];
        const stored = await client.mget(known.map(keyOf));
        const gone = known.filter((_name, at) => stored[at] === null);
        if (gone.length > 0) await client.srem(names, ...gone);
        return stored.flatMap(readLoad);
      }),
  };
}

/** A report of another version of the program may have another form; it is left out. */
function readLoad(stored: string | null): readonly ApiLoad[] {
  if (stored === null) return [];
  const parsed = loadSchema.safeParse(JSON.parse(stored));
  return parsed.success ? [parsed.data] : [];
}
