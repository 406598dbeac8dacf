import { Redis } from "ioredis";
import type { ServersConfig } from "../../config/readConfig.ts";
import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import { backgroundLoop } from "../../shared/backgroundLoop.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { LateAnswerError, redisAvailability } from "./availability.ts";

/** How often the watch asks; with the command timeout it bounds how long an outage goes unseen. */
const WATCH_MS = 200;
/** A host that vanished sends no reset; after this silence the socket is replaced. */
const SOCKET_SILENCE_MAX_MS = 5000;
/** Time for a TCP connection, and for the first one before `openRedis` gives its answer. */
const CONNECT_MS = 1000;
/** A command is given up for good after this many command timeouts. */
const ABANDON_FACTOR = 4;
/** Reconnects are tried at least this often, so that recovery needs nobody. */
const RECONNECT_MAX_MS = 500;

/** One connection to Redis that never queues commands and never hangs. */
export interface RedisConnection {
  /** For reads of tests and tools; request paths go through `run`. */
  readonly client: Redis;
  /**
   * Runs commands unless Redis is known to be away.
   * @throws DependencyUnavailableError at once while Redis is away, and for every failed command
   */
  run<T>(work: (client: Redis) => Promise<T>): Promise<T>;
  health(): DependencyHealth;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens the connection and starts the watch. Resolves when Redis is there or has failed to answer
 * the first time; an absent Redis is no error, the connection comes up by itself.
 */
export async function openRedis(
  config: ServersConfig["redis"],
  clock: Clock,
  log: Logger,
): Promise<RedisConnection> {
  const client = newClient(config);
  const availability = redisAvailability(clock, log, config.commandTimeoutMs);
  client.on("ready", () => availability.wentUp());
  // The error before a close, or of the last attempt to connect, says more than what follows it.
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
    // A command whose answer was lost may have run; sending it again is for the workflow to decide.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // `availability` judges sooner; this one clears away what never gets an answer.
    commandTimeout: config.commandTimeoutMs * ABANDON_FACTOR,
    socketTimeout: SOCKET_SILENCE_MAX_MS,
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, RECONNECT_MAX_MS),
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  });
}

/** Replies of a server that cannot work now, as opposed to one that was asked nonsense. */
const TROUBLE = /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|OOM|MISCONF|BUSY|NOREPLICAS)\b/;

/**
 * An answer that says what was wrong with the question: a script that the server forgot, to be sent
 * again by its caller, or our own mistake, which must not pass for an outage.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError" && !TROUBLE.test(error.message);
}
