import { Redis } from "ioredis";
import type { ServersConfig } from "../../config/readConfig.ts";
import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import { backgroundLoop } from "../../shared/backgroundLoop.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { LateAnswerError, redisAvailability } from "./availability.ts";

/** How often the watch pings Redis: an outage is noticed after this and the command timeout. */
const WATCH_MS = 200;
/** A host that is gone sends no reset; after this silence the socket is replaced. */
const SOCKET_SILENCE_MAX_MS = 5000;
/** Time limit of a TCP connection. `openRedis` waits this long for the first one. */
const CONNECT_MS = 1000;
/** The client gives up a command after this many command timeouts. */
const ABANDON_FACTOR = 4;
/** Longest pause between two attempts to reconnect. */
const RECONNECT_MAX_MS = 500;

/** One connection to Redis. It queues no commands while Redis does not answer, and never hangs. */
export interface RedisConnection {
  /** For tests and tools; requests use `run`. */
  readonly client: Redis;
  /**
   * Runs commands unless Redis is down.
   * @throws DependencyUnavailableError at once while Redis is down, and for every failed command
   */
  run<T>(work: (client: Redis) => Promise<T>): Promise<T>;
  health(): DependencyHealth;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens the connection and starts the watch. Resolves when Redis has answered or the first attempt
 * has failed. A failed attempt is no error: the client goes on to reconnect.
 */
export async function openRedis(
  config: ServersConfig["redis"],
  clock: Clock,
  log: Logger,
): Promise<RedisConnection> {
  const client = newClient(config);
  const availability = redisAvailability(clock, log, config.commandTimeoutMs);
  client.on("ready", () => availability.wentUp());
  // The error before a close, or of the last attempt to connect, is the cause; keep that one.
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
    try {
      return await availability.listen(work(client));
    } catch (error) {
      if (error instanceof DependencyUnavailableError || isRefusal(error)) throw error;
      if (error instanceof LateAnswerError) watch.nudge();
      throw new DependencyUnavailableError("redis", { cause: error });
    }
  }

  await client.connect().catch(() => undefined);
  watch.start();
  return {
    client,
    run,
    health: availability.health,
    async close() {
      closing = true;
      await watch.stop();
      client.disconnect();
    },
  };
}

function newClient(config: ServersConfig["redis"]): Redis {
  return new Redis(config.url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    // A command whose answer was lost may have run; the workflow decides whether to send it again.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // `availability` judges sooner; this limit removes commands that never get an answer.
    commandTimeout: config.commandTimeoutMs * ABANDON_FACTOR,
    socketTimeout: SOCKET_SILENCE_MAX_MS,
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, RECONNECT_MAX_MS),
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  });
}

/** Error replies of a server that cannot work now, as opposed to replies to a wrong command. */
const TROUBLE = /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|OOM|MISCONF|BUSY|NOREPLICAS)\b/;

/**
 * An error reply to a wrong command: a script that the server has lost, which the caller sends
 * again, or a bug of ours, which must not count as an outage.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError" && !TROUBLE.test(error.message);
}
