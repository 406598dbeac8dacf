import { Cluster } from "ioredis";
import { IS_CLUSTER_NODE } from "../../config/redisUrl.ts";
import type { InspectedSetting, ServerInspection } from "../../ports/serverInspection.ts";
import type { Clock } from "../../shared/clock.ts";
import { measureSkew } from "../shared/clockSkew.ts";
import { notVisible } from "../shared/notVisible.ts";
import { tlsReason } from "../shared/tlsReason.ts";
import type { RedisTarget } from "./clientOptions.ts";
import { newRedisClient } from "./redisClient.ts";

/** A server that takes longer to connect counts as unreachable. */
const CONNECT_MS = 2_000;

/**
 * Connects to Redis once and reports version, clock and settings; never throws. What the user of
 * the connection may not read is reported as not visible.
 */
export async function inspectRedis(target: RedisTarget, clock: Clock): Promise<ServerInspection> {
  const redis = newRedisClient(target, {
    limits: { connectTimeout: CONNECT_MS, commandTimeout: CONNECT_MS },
    retryStrategy: () => null,
  });
  let lastError: Error | undefined;
  redis.on("error", (error: Error) => {
    lastError = error;
  });
  try {
    await redis.connect();
    await redis.ping();
    const info = await permitted(redis.info().then(parseInfo));
    const skew = await permitted(
      measureSkew(clock, async () => {
        const [seconds, micros] = await redis.time();
        return Number(seconds) * 1000 + Number(micros) / 1000;
      }),
    );
    return {
      server: "redis",
      reachable: true,
      version: `Redis ${info?.get("redis_version") ?? "of unknown version"}`,
      ...skew,
      settings:
        info === undefined
          ? SETTINGS.map((name) => notVisible(name, "INFO"))
          : judge(info, redis instanceof Cluster),
    };
  } catch (error) {
    const cause = lastError ?? error;
    const text = cause instanceof Error ? cause.message || cause.name : String(cause);
    const reason = tlsReason(clock, "REDIS", target.tls, text);
    return { server: "redis", reachable: false, reason, settings: [] };
  } finally {
    redis.disconnect();
  }
}

/** Returns undefined when the user of the connection may not call the command. */
async function permitted<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    // Services that rename or remove a command answer that it is unknown.
    const isForbidden =
      error instanceof Error && /^(NOPERM|ERR unknown command)/.test(error.message);
    if (!isForbidden) throw error;
    return undefined;
  }
}

/** The settings that `judge` reads from INFO. */
const SETTINGS = ["role", "maxmemory-policy", "appendonly"] as const;

function parseInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\r\n").filter((line) => line.includes(":"));
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
}

function judge(info: ReadonlyMap<string, string>, isCluster: boolean): InspectedSetting[] {
  const policy = info.get("maxmemory_policy") ?? "?";
  const isBounded = (info.get("maxmemory") ?? "0") !== "0";
  const role = info.get("role") ?? "?";
  const isKept = info.get("aof_enabled") === "1";
  const isNode = info.get("redis_mode") === "cluster" && !isCluster;
  const wrongUrl: InspectedSetting[] = isNode
    ? [{ name: "mode", value: "cluster", verdict: "wrong", why: IS_CLUSTER_NODE }]
    : [];
  return [
    ...wrongUrl,
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
