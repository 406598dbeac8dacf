import { Redis } from "ioredis";
import type { InspectedSetting, ServerInspection } from "../../ports/serverInspection.ts";
import type { Clock } from "../../shared/clock.ts";
import { measureSkew } from "../shared/clockSkew.ts";

/** A server that takes longer to connect counts as unreachable. */
const CONNECT_MS = 2_000;

/** Connects to Redis once and reports version, clock and settings; never throws. */
export async function inspectRedis(url: string, clock: Clock): Promise<ServerInspection> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    commandTimeout: CONNECT_MS,
    retryStrategy: () => null,
  });
  let lastError: Error | undefined;
  redis.on("error", (error: Error) => {
    lastError = error;
  });
  try {
    await redis.connect();
    const info = parseInfo(await redis.info());
    const skew = await measureSkew(clock, async () => {
      const [seconds, micros] = await redis.time();
      return Number(seconds) * 1000 + Number(micros) / 1000;
    });
    const version = `Redis ${info.get("redis_version") ?? "?"}`;
    return { server: "redis", reachable: true, version, ...skew, settings: judge(info) };
  } catch (error) {
    const cause = lastError ?? error;
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    return { server: "redis", reachable: false, reason, settings: [] };
  } finally {
    redis.disconnect();
  }
}

function parseInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\r\n").filter((line) => line.includes(":"));
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
}

function judge(info: ReadonlyMap<string, string>): InspectedSetting[] {
  const policy = info.get("maxmemory_policy") ?? "?";
  const isBounded = (info.get("maxmemory") ?? "0") !== "0";
  const role = info.get("role") ?? "?";
  const isKept = info.get("aof_enabled") === "1";
  return [
    {
      name: "role",
      value: role,
      verdict: role === "master" ? "ok" : "wrong",
      why: "a replica refuses writes: no buyer could join the queue",
    },
    {
      name: "maxmemory-policy",
      value: policy,
      verdict: policy === "noeviction" || !isBounded ? "ok" : "wrong",
      why: "eviction loses queues; use noeviction where maxmemory is set",
    },
    {
      name: "appendonly",
      value: isKept ? "yes" : "no",
      verdict: "ok",
      why: "both are fine: after a loss the queue is rebuilt from MySQL and the buyers' tokens",
    },
  ];
}
