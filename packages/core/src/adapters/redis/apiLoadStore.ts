import assert from "node:assert/strict";
import { z } from "zod";
import type { ApiLoad, ApiLoadStore, ApiReport } from "../../ports/apiLoad.ts";
import type { RedisConnection } from "./connection.ts";
import type { RedisClient } from "./redisClient.ts";

const count = z.number().nonnegative();
const loadSchema: z.ZodType<ApiLoad> = z.object({
  processName: z.string(),
  uptimeMs: count,
  windowMs: count,
  inFlight: count,
  inFlightMax: count,
  pool: z.object({ inUse: count, waiting: count, max: count }),
  loopDelayMs: count,
  answered: count,
  overloaded: count,
  unavailable: count,
  holds: z.object({
    windowMs: count,
    accepted: z.record(z.string(), count),
    refused: count,
  }),
});
const storedSchema = z.object({ load: loadSchema, keepMs: count });

/** A stored value with the time until Redis deletes it, ms; null when Redis has deleted it. */
type Stored = readonly [value: string | null, leftMs: number];

/**
 * Stores each report in a key of its own, which Redis deletes when the report is too old. The rest
 * of the key's time shows the age of the report, so no clock of a process matters. A set has the
 * names of the processes, because a search for keys would read all keys of Redis.
 */
export function redisApiLoadStore(redis: RedisConnection, prefix: string): ApiLoadStore {
  const names = `${prefix}api-loads`;
  const keyOf = (processName: string): string => `${prefix}api-load:${processName}`;
  return {
    async report(load, keepMs) {
      const stored = JSON.stringify({ load, keepMs: Math.ceil(keepMs) });
      await redis.run(async (client) => {
        await client.set(keyOf(load.processName), stored, "PX", Math.ceil(keepMs));
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
        const stored = await Promise.all(known.map((name) => readKey(client, keyOf(name))));
        const gone = known.filter((_name, at) => stored[at]?.[0] === null);
        if (gone.length > 0) await client.srem(names, ...gone);
        return stored.flatMap(readReport);
      }),
  };
}

/** Reads the value of a key and its time in one transaction, so that both are of one report. */
async function readKey(client: RedisClient, key: string): Promise<Stored> {
  const answers = await client.multi().get(key).pttl(key).exec();
  const [[valueError, value] = [], [timeError, leftMs] = []] = answers ?? [];
  if (valueError ?? timeError) throw valueError ?? timeError;
  assert(value === null || typeof value === "string", "GET returns a text");
  assert(typeof leftMs === "number", "PTTL returns a number");
  return [value, leftMs];
}

/** A report of another version of the program may have another form; it is left out. */
function readReport([value, leftMs]: Stored): readonly ApiReport[] {
  if (value === null) return [];
  const { success, data } = storedSchema.safeParse(JSON.parse(value));
  return success ? [{ ...data.load, silentMs: Math.max(0, data.keepMs - leftMs) }] : [];
}
