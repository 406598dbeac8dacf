import { Cluster } from "ioredis";
import type { RedisConfig } from "../../config/serverConfig.ts";
import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { yieldToEventLoop } from "../../shared/yieldToEventLoop.ts";
import { LateAnswerError, redisAvailability } from "./availability.ts";
import { isMistake, isReply } from "./errorReplies.ts";
import { ignoreLateErrors, newRedisClient, type RedisClient } from "./redisClient.ts";
import { watchRedis } from "./redisWatch.ts";

/**
 * Reconnects after this time without data, because a host that is down never closes the connection.
 */
const SOCKET_SILENCE_MAX_MS = 5000;
/** Timeout of a connection attempt. `openRedis` waits this long for the first attempt. */
const CONNECT_MS = 1000;
/** Number of command timeouts after which the client abandons a command. */
const ABANDON_FACTOR = 4;
/** Longest pause between two attempts to reconnect. */
const RECONNECT_MAX_MS = 500;

/**
 * One connection to Redis. While Redis does not answer, commands fail instead of waiting in a
 * queue.
 */
export interface RedisConnection {
  /** The ioredis client, for tests and tools. Requests use `run`. */
  readonly client: RedisClient;
  /**
   * Runs commands unless Redis is down.
   * @throws DependencyUnavailableError immediately while Redis is down, and for every failed
   *   command
   */
  run<T>(work: (client: RedisClient) => Promise<T>): Promise<T>;
  /**
   * Calls the listener with each message of the channel, over a second connection that only this
   * channel uses. Messages are lost while the connection is lost.
   */
  subscribe(channel: string, listener: (message: string) => void): void;
  health(): DependencyHealth;
  /** Closes the connection. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Opens the connection and starts the periodic health check. Resolves after the first answer of
 * Redis or the first failed attempt to connect. A failed attempt does not reject: the client tries
 * to reconnect.
 */
export async function openRedis(
  config: RedisConfig,
  clock: Clock,
  log: Logger,
): Promise<RedisConnection> {
  const client = newClient(config);
  const availability = redisAvailability(clock, log, config);
  const watch = watchRedis(client, { config, clock, availability });

  async function run<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!availability.isUp()) {
      throw new DependencyUnavailableError("redis", { cause: availability.failure() });
    }
    writeTurnAtOnce(client);
    try {
      return await availability.listen(work(client));
    } catch (error) {
      if (error instanceof DependencyUnavailableError || isMistake(error)) throw error;
      if (error instanceof LateAnswerError) watch.nudge();
      if (isReply(error)) availability.refused(error);
      throw new DependencyUnavailableError("redis", { cause: error });
    }
  }

  const subscribers: RedisClient[] = [];
  await connected(client, clock);
  await watch.ready();
  watch.start();
  return {
    client,
    run,
    subscribe: (channel, listener) => {
      subscribers.push(newSubscriber(client, channel, listener));
    },
    health: availability.health,
    async close() {
      await watch.stop();
      for (const one of [client, ...subscribers]) one.disconnect();
    },
  };
}

/**
 * Collects the commands of this turn of the event loop, so that they leave in one write to the
 * socket: a write costs more than a command. Redis answers in the order of the commands, as for
 * single writes. The auto-pipelining of ioredis is not used, because a command that fails while it
 * is queued there gives its neighbours each other's answers.
 */
function writeTurnAtOnce(client: RedisClient): void {
  // Each node of a cluster has a socket of its own, to which ioredis writes.
  if (client instanceof Cluster) return;
  const { stream } = client;
  if (!stream?.writable || stream.writableCorked > 0) return;
  stream.cork();
  void yieldToEventLoop().then(() => stream.uncork());
}

/** Waits for the first attempt. With sentinels, ioredis goes on trying within this attempt. */
async function connected(client: RedisClient, clock: Clock): Promise<void> {
  const ended = new AbortController();
  const connecting = client.connect().catch(() => undefined);
  await Promise.race([connecting, clock.sleep(CONNECT_MS, ended.signal)]);
  ended.abort();
}

function newClient(config: RedisConfig): RedisClient {
  return newRedisClient(config, {
    limits: {
      // The client drops a command that never gets an answer after this time. `availability`
      // reports a late answer much earlier.
      commandTimeout: config.commandTimeoutMs * ABANDON_FACTOR,
      socketTimeout: SOCKET_SILENCE_MAX_MS,
      connectTimeout: CONNECT_MS,
      reconnectOnError: (error) => error.message.startsWith("READONLY"),
    },
    retryStrategy: (attempt) => Math.min(50 * attempt, RECONNECT_MAX_MS),
  });
}

/** A connection that subscribes again after each loss. A channel without messages is silent. */
function newSubscriber(
  client: RedisClient,
  channel: string,
  listener: (message: string) => void,
): RedisClient {
  const subscriber = ignoreLateErrors(
    client instanceof Cluster
      ? client.duplicate()
      : client.duplicate({ socketTimeout: undefined, autoResubscribe: false }),
  );
  subscriber.on("ready", () => void subscriber.subscribe(channel).catch(() => undefined));
  subscriber.on("message", (_channel: unknown, message: string) => listener(message));
  // The health check of the main connection reports the outage.
  subscriber.on("error", () => undefined);
  subscriber.connect().catch(() => undefined);
  return subscriber;
}
