import { isIP } from "node:net";
import type { ClusterNode, ClusterOptions, RedisOptions } from "ioredis";
import { type RedisAddress, readRedisUrl } from "../../config/redisUrl.ts";
import type { RedisConfig } from "../../config/serverConfig.ts";
import { tlsOptions } from "../shared/tlsOptions.ts";

export type RedisTarget = Pick<
  RedisConfig,
  "url" | "tls" | "sentinelUsername" | "sentinelPassword"
>;

/** A sentinel that needs longer counts as unreachable, and the next one is asked. */
const SENTINEL_COMMAND_MS = 1_000;

export type ReachOptions = Pick<
  RedisOptions,
  | ("db" | "family" | "username" | "password" | "host" | "port" | "tls")
  | ("name" | "sentinels" | "role" | "sentinelCommandTimeout")
  | ("sentinelUsername" | "sentinelPassword" | "sentinelTLS" | "enableTLSForSentinelMode")
>;

/** @throws Error for a URL that `readConfig` refuses */
export function addressOf({ url }: RedisTarget): RedisAddress {
  const address = readRedisUrl(url);
  if ("problem" in address) throw new Error(`REDIS_URL ${address.problem}`);
  return address;
}

/**
 * How to reach one server, or the master that sentinels name, in the options of ioredis. The client
 * gets no URL, because it would read options from the parameters of it.
 */
export function clientOptions(target: RedisTarget, address = addressOf(target)): ReachOptions {
  const { db, family, password, username } = address;
  return {
    db,
    ...(family === undefined ? {} : { family }),
    ...(password === undefined ? {} : { password }),
    // Without a password, a user name is no login: ioredis would send it as one.
    ...(username === undefined || password === undefined ? {} : { username }),
    ...(address.masterName === undefined
      ? oneServer(address, target)
      : sentinels(address, address.masterName, target)),
  };
}

function oneServer({ hosts }: RedisAddress, { tls }: RedisTarget): ReachOptions {
  const [{ host, port } = { host: "", port: 0 }] = hosts;
  const servername = isIP(host) ? {} : { servername: host };
  return {
    ...{ host, port },
    ...(tls === undefined ? {} : { tls: { ...tlsOptions(tls), ...servername } }),
  };
}

function sentinels(
  { hosts }: RedisAddress,
  name: string,
  { tls, sentinelUsername, sentinelPassword }: RedisTarget,
): ReachOptions {
  return {
    ...{ name, sentinels: [...hosts], role: "master" },
    sentinelCommandTimeout: SENTINEL_COMMAND_MS,
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls === undefined
      ? {}
      : {
          ...{ tls: tlsOptions(tls), sentinelTLS: tlsOptions(tls) },
          enableTLSForSentinelMode: true,
        }),
  };
}

/** Options of a cluster, of which those of its nodes are a part. */
export type ClusterReach = Omit<ClusterOptions, "redisOptions" | "clusterRetryStrategy"> & {
  readonly redisOptions: Omit<NonNullable<ClusterOptions["redisOptions"]>, "replyMapping">;
};

/** The nodes of a cluster and how to reach each of them, in the options of ioredis. */
export function clusterOptions(
  target: RedisTarget,
  address: RedisAddress,
  each: ClusterReach["redisOptions"],
): { readonly nodes: ClusterNode[]; readonly options: ClusterReach } {
  const { family, password, username } = address;
  return {
    nodes: [...address.hosts],
    options: {
      lazyConnect: true,
      enableOfflineQueue: false,
      // ioredis repeats only commands that a node did not run: it said MOVED, ASK or CLUSTERDOWN. A
      // command whose connection was lost may have run, and the workflow decides.
      retryDelayOnFailover: 0,
      // With TLS, the certificate names the host and not its address.
      ...(target.tls === undefined ? {} : { dnsLookup: (host, done) => done(null, host) }),
      redisOptions: {
        ...each,
        ...(family === undefined ? {} : { family }),
        ...(password === undefined ? {} : { password }),
        ...(username === undefined || password === undefined ? {} : { username }),
        ...(target.tls === undefined ? {} : { tls: tlsOptions(target.tls) }),
      },
    },
  };
}
