import { Redis } from "ioredis";
import type { ServersConfig } from "../../config/readConfig.ts";
import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import { backgroundLoop } from "../../shared/backgroundLoop.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { yieldToEventLoop } from "../../shared/yieldToEventLoop.ts";
import { LateAnswerError, redisAvailability } from "./availability.ts";

/**
 * Interval of the health check, a PING. An outage is detected after at most this interval plus the
 * command timeout.
 */
const WATCH_MS = 200;
/**
 * Reconnects after this time without data, because a host that is down never closes the connection.
 */
const SOCKET_SILENCE_MAX_MS = 5000;
/** Timeout of a TCP connection attempt. `openRedis` waits this long for the first attempt. */
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
  readonly client: Redis;
  /**
   * Runs commands unless Redis is down.
   * @throws DependencyUnavailableError immediately while Redis is down, and for every failed
   *   command
   */
  run<T>(work: (client: Redis) => Promise<T>): Promise<T>;
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
  config: ServersConfig["redis"],
  clock: Clock,
  log: Logger,
): Promise<RedisConnection> {
  const client = newClient(config);
  const availability = redisAvailability(clock, log, config.commandTimeoutMs);
  client.on("ready", () => availability.wentUp());
  // ioredis reports the cause as an "error" before the "close" event. The handler keeps this error
  // as the reason.
  let closing = false;
  const closed = (error: unknown): void => {
    if (availability.isUp() && !closing) availability.wentDown(error);
  };
  client.on("close", () => closed("connection closed"));
  client.on("error", (error) => availability.wentDown(error));

  const watch = backgroundLoop({
    name: "redis-watch",
    clock,
    idleMs: WATCH_MS,
    failureMs: WATCH_MS,
    async runOnce() {
      await availability.listen(client.ping());
      availability.wentUp();
      return false;
    },
    onError(error) {
      if (!(error instanceof LateAnswerError)) closed(error);
    },
  });

  async function run<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    if (!availability.isUp()) throw new DependencyUnavailableError("redis");
    writeTurnAtOnce(client);
    try {
      return await availability.listen(work(client));
    } catch (error) {
      if (error instanceof DependencyUnavailableError || isRefusal(error)) throw error;
      if (error instanceof LateAnswerError) watch.nudge();
      throw new DependencyUnavailableError("redis", { cause: error });
    }
  }

  const subscribers: Redis[] = [];
  await client.connect().catch(() => undefined);
  watch.start();
  return {
    client,
    run,
    subscribe: (channel, listener) => {
      subscribers.push(newSubscriber(client, channel, listener));
    },
    health: availability.health,
    async close() {
      closing = true;
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
function writeTurnAtOnce({ stream }: Redis): void {
  if (!stream?.writable || stream.writableCorked > 0) return;
  stream.cork();
  void yieldToEventLoop().then(() => stream.uncork());
}

function newClient(config: ServersConfig["redis"]): Redis {
  return new Redis(config.url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    // The client must not repeat a command by itself: Redis may have run a command whose answer was
    // lost. The workflow decides.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // The client drops a command that never gets an answer after this time. `availability` reports
    // a late answer much earlier.
    commandTimeout: config.commandTimeoutMs * ABANDON_FACTOR,
    socketTimeout: SOCKET_SILENCE_MAX_MS,
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, RECONNECT_MAX_MS),
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  });
}

/** A connection that subscribes again after each loss. A channel without messages is silent. */
function newSubscriber(client: Redis, channel: string, listener: (message: string) => void): Redis {
  const subscriber = client.duplicate({ socketTimeout: undefined, autoResubscribe: false });
  subscriber.on("ready", () => void subscriber.subscribe(channel).catch(() => undefined));
  subscriber.on("message", (_channel, message) => listener(message));
  // The health check of the main connection reports the outage.
  subscriber.on("error", () => undefined);
  subscriber.connect().catch(() => undefined);
  return subscriber;
}

/**
 * Error replies of a server that cannot work at the moment. Any other error reply means that the
 * command is wrong.
 */
const TROUBLE = /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|OOM|MISCONF|BUSY|NOREPLICAS)\b/;

/**
 * True for an error reply to a wrong command. Such a reply is not an outage: either Redis has lost
 * a script and the caller sends the script again, or the command has a bug.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError" && !TROUBLE.test(error.message);
}
