import { Cluster, Redis, type RedisOptions } from "ioredis";
import { addressOf, clientOptions, clusterOptions, type RedisTarget } from "./clientOptions.ts";

/** A client of one server, or of a cluster. Both have the same commands. */
export type RedisClient = Redis | Cluster;

/** Limits that the users of the client decide. */
export type ClientLimits = Pick<
  RedisOptions,
  "commandTimeout" | "connectTimeout" | "socketTimeout" | "reconnectOnError"
>;

export interface NewClientOptions {
  readonly limits: ClientLimits;
  /** Pause before the next attempt to connect, ms; null ends the attempts. */
  readonly retryStrategy: (attempt: number) => number | null;
}

/** Creates a client that connects at `connect()`, and never keeps a command for later. */
export function newRedisClient(
  target: RedisTarget,
  { limits, retryStrategy }: NewClientOptions,
): RedisClient {
  const address = addressOf(target);
  const common = {
    ...limits,
    // The client must not repeat a command by itself: Redis may have run a command whose answer was
    // lost. The workflow decides.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  };
  if (address.isCluster) {
    const { nodes, options } = clusterOptions(target, address, common);
    const { redisOptions, ...others } = options;
    return ignoreLateErrors(
      new Cluster(nodes, { ...others, redisOptions, clusterRetryStrategy: retryStrategy }),
    );
  }
  const reach = clientOptions(target, address);
  const redis = new Redis({
    ...reach,
    ...common,
    ...(reach.sentinels === undefined ? {} : { sentinelRetryStrategy: retryStrategy }),
    lazyConnect: true,
    // The check reads the role, which matters only where sentinels name the server. It needs INFO,
    // which hosted services may forbid.
    enableReadyCheck: reach.sentinels !== undefined,
    enableOfflineQueue: false,
    retryStrategy,
  });
  return ignoreLateErrors(redis);
}

const ignore = (): void => undefined;

/**
 * Keeps a listener at each socket of the client. ioredis listens for one error of a socket only,
 * and an alert of TLS may follow it, for example when one side refuses the certificate of the
 * other: an error without a listener would end the process.
 * @returns the client
 */
export function ignoreLateErrors(client: RedisClient): RedisClient {
  // Each node of a cluster has a client of its own.
  if (client instanceof Cluster) return client.on("+node", ignoreLateErrors);
  const listen = (): void => {
    const { stream } = client;
    if (stream && !stream.listeners("error").includes(ignore)) stream.on("error", ignore);
  };
  return client.on("connect", listen).on("error", listen);
}
