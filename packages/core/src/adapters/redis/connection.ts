import { Redis } from "ioredis";
import type { OnsaleConfig } from "../../config.ts";
import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import { backgroundLoop } from "../../shared/backgroundLoop.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";

/** How often the watch asks; with the command timeout it bounds how long an outage goes unseen. */
const WATCH_MS = 200;
/** A host that vanished sends no reset; after this silence the socket is replaced. */
const SOCKET_SILENCE_MAX_MS = 5000;
/** Time for a TCP connection, and for the first one before `openRedis` gives its answer. */
const CONNECT_MS = 1000;
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
  config: OnsaleConfig["redis"],
  clock: Clock,
  log: Logger,
): Promise<RedisConnection> {
  const client = newClient(config);
  let up = false;
  let reason: string | undefined = "not connected yet";
  let heardAtMs = Number.NEGATIVE_INFINITY;
  const wentUp = (): void => {
    if (!up) log.info({ dependency: "redis" }, "redis answers");
    up = true;
    reason = undefined;
  };
  const wentDown = (why: string): void => {
    if (up) log.warn({ dependency: "redis", reason: why }, "redis does not answer");
    up = false;
    reason = why;
  };
  /** One late answer on a busy machine is no outage while others come in time. */
  const wentSilent = (error: unknown): void => {
    if (isTimeout(error) && clock.monotonicMs() - heardAtMs < config.commandTimeoutMs) return;
    wentDown(shortReason(error));
  };
  client.on("ready", wentUp);
  client.on("close", () => wentDown(reason ?? "connection closed"));
  client.on("error", (error) => wentDown(shortReason(error)));

  const watch = backgroundLoop({
    name: "redis-watch",
    clock,
    idleMs: WATCH_MS,
    failureMs: WATCH_MS,
    async turn() {
      await client.ping();
      heardAtMs = clock.monotonicMs();
      wentUp();
      return false;
    },
    onError: wentSilent,
  });

  async function run<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    if (!up) throw new DependencyUnavailableError("redis");
    try {
      const answer = await work(client);
      heardAtMs = clock.monotonicMs();
      return answer;
    } catch (error) {
      if (error instanceof DependencyUnavailableError || isRefusal(error)) throw error;
      if (isTimeout(error)) {
        // Without this, each of a request's calls would wait for the timeout once more.
        wentSilent(error);
        watch.nudge();
      }
      throw new DependencyUnavailableError("redis", { cause: error });
    }
  }

  await client.connect().catch(() => undefined);
  watch.start();
  return {
    client,
    run,
    health: () => ({ dependency: "redis", up, ...(reason === undefined ? {} : { reason }) }),
    async close() {
      await watch.stop();
      client.disconnect();
    },
  };
}

function newClient(config: OnsaleConfig["redis"]): Redis {
  return new Redis(config.url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    // A command whose answer was lost may have run; sending it again is for the workflow to decide.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: config.commandTimeoutMs,
    socketTimeout: SOCKET_SILENCE_MAX_MS,
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, RECONNECT_MAX_MS),
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  });
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === "Command timed out";
}

/** Replies of a server that cannot work at the moment, as opposed to one that was asked nonsense. */
const TROUBLE = /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|OOM|MISCONF|BUSY|NOREPLICAS)\b/;

/**
 * An answer that says what was wrong with the question: a script that the server forgot, to be sent
 * again by its caller, or our own mistake, which must not pass for an outage.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError" && !TROUBLE.test(error.message);
}

/** The failure in a few words; ioredis never puts credentials into messages. */
function shortReason(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.slice(0, 200);
}
