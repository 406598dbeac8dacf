import { Cluster, type Redis } from "ioredis";
import { IS_CLUSTER_NODE } from "../../config/redisUrl.ts";
import type { RedisConfig } from "../../config/serverConfig.ts";
import { type BackgroundLoop, backgroundLoop } from "../../shared/backgroundLoop.ts";
import type { Clock } from "../../shared/clock.ts";
import { type Availability, LateAnswerError } from "./availability.ts";
import { isClusterNode } from "./clusterNode.ts";
import { isReply } from "./errorReplies.ts";
import type { RedisClient } from "./redisClient.ts";

/**
 * Interval of the health check, a PING. An outage is detected after at most this interval plus the
 * command timeout.
 */
const WATCH_MS = 200;
/** Interval of the health check that writes. */
const WRITE_MS = 1_000;

export interface RedisWatch extends BackgroundLoop {
  /** Resolves when a connection that is open has been judged. */
  ready(): Promise<void>;
}

interface WatchParts {
  readonly config: RedisConfig;
  readonly clock: Clock;
  readonly availability: Availability;
}

/** Reports to the availability: the events of the client, and the results of regular commands. */
export function watchRedis(
  client: RedisClient,
  { config, clock, availability }: WatchParts,
): RedisWatch {
  // A node of a cluster answers a PING, and refuses keys of other nodes. A server without the
  // database of the URL answers too: ioredis then works in database 0, which may be another's.
  let mistake: Error | undefined;
  let judged = Promise.resolve();
  let triedWriteAtMs = clock.monotonicMs();

  async function judge(): Promise<void> {
    try {
      await pingAll(client);
      mistake = client instanceof Cluster ? undefined : await mistakeIn(client);
      if (mistake) availability.wentDown(mistake);
      else availability.wentUp();
    } catch (error) {
      availability.wentDown(error);
    }
  }

  /** Health means "can serve now": a replica, or a server without memory, answers a PING too. */
  async function tryWrite(): Promise<void> {
    triedWriteAtMs = clock.monotonicMs();
    try {
      await availability.listen(client.set(`${config.keyPrefix}alive`, "1", "PX", WRITE_MS));
      availability.wrote();
    } catch (error) {
      if (!isReply(error)) throw error;
      availability.refused(error);
    }
  }

  client.on("ready", () => {
    judged = judge();
  });
  const closed = noteEvents(client, availability);
  const loop = backgroundLoop({
    name: "redis-watch",
    clock,
    idleMs: WATCH_MS,
    failureMs: WATCH_MS,
    async runOnce() {
      await availability.listen(pingAll(client));
      if (!mistake) availability.wentUp();
      if (clock.monotonicMs() - triedWriteAtMs >= WRITE_MS) await tryWrite();
      return false;
    },
    onError(error) {
      if (!(error instanceof LateAnswerError)) closed.note(error);
    },
  });
  return {
    ...loop,
    ready: () => judged,
    stop() {
      closed.ignore();
      return loop.stop();
    },
  };
}

/** Finds out why a server that answers cannot be what the URL names. */
async function mistakeIn(client: Redis): Promise<Error | undefined> {
  if (await isClusterNode(client)) return new Error(IS_CLUSTER_NODE);
  const { db = 0 } = client.options;
  if (db === 0) return undefined;
  try {
    await client.select(db);
    return undefined;
  } catch (cause) {
    if (!isReply(cause)) throw cause;
    return new Error(`database ${db} of REDIS_URL cannot be used: ${cause.message}`, { cause });
  }
}

/**
 * Pings the server, or each master of a cluster. The first command to a node opens its connection,
 * and ioredis refuses other commands until the connection is open.
 */
function pingAll(client: RedisClient): Promise<unknown> {
  if (!(client instanceof Cluster)) return client.ping();
  const masters = client.nodes("master");
  return masters.length === 0 ? client.ping() : Promise.all(masters.map((master) => master.ping()));
}

/** Reports the events of the client. @returns how to report a loss, until it is ignored */
function noteEvents(client: RedisClient, availability: Availability) {
  let isIgnored = false;
  const note = (error: unknown): void => {
    if (availability.isUp() && !isIgnored) availability.wentDown(error);
  };
  // ioredis reports the cause as an "error" before the "close" event. The handler keeps this error
  // as the reason.
  client.on("close", () => note("connection closed"));
  let ofSentinel: unknown;
  client.on("sentinelError", (error: unknown) => {
    ofSentinel = error;
  });
  client.on("error", (error: Error) => {
    // ioredis reports after each round that all sentinels are unreachable, whatever they answered.
    const isRound = error.message.startsWith("All sentinels are unreachable");
    availability.wentDown(isRound ? (ofSentinel ?? error) : error);
  });
  return {
    note,
    ignore() {
      isIgnored = true;
    },
  };
}
