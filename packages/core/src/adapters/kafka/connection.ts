import kafkajs, { type Admin, type Kafka } from "kafkajs";
import type { OnsaleConfig } from "../../config.ts";
import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import { backgroundLoop } from "../../shared/backgroundLoop.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { NoAnswerError, withinTime } from "./withinTime.ts";

/** A broker in the same network answers in milliseconds; a second says that it is away. */
const CONNECT_MS_MAX = 1_000;
/** A request that waits for replicas may take longer. */
const REQUEST_MS_MAX = 3_000;
/** All tries of one administrative question. */
const ADMIN_MS_MAX = 4_000;
/** How often the watch asks, and how soon it asks again a broker that is away. */
const WATCH_MS = 2_000;
const WATCH_AWAY_MS = 1_000;
/** What a close waits for requests in flight; SIGTERM deadlines count it. */
const CLOSE_MS_MAX = 2_000;
/** Enough for several consumers of one group; more partitions than consumers cost little. */
const PARTITIONS = 6;

/** Few and quick: callers have retries of their own, and a request must not hang behind these. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 500, retries: 2 } as const;

/** What the publisher and the consumers share. */
export interface KafkaConnection {
  readonly settings: OnsaleConfig["kafka"];
  readonly clock: Clock;
  readonly log: Logger;
  /** @throws DependencyUnavailableError when no broker is configured */
  client(): Kafka;
  /**
   * Asks through a shared connection that is dropped when it fails, or when the signal ends the wait.
   * @throws DependencyUnavailableError
   */
  admin<T>(work: (admin: Admin) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Makes the topics that are not there, once for each name. A broker that does not allow it may still make them
   * by itself, so a refusal is only logged. @throws DependencyUnavailableError
   */
  ensureTopics(topics: readonly string[]): Promise<void>;
  health(): DependencyHealth;
  /** Runs when the connection closes. */
  onClose(work: () => Promise<void>): void;
  /** Bounded, also while the broker is frozen. */
  close(): Promise<void>;
}

/** Opens lazily and never fails: connections are made when they are needed, and again when they broke. */
export function openKafka(
  settings: OnsaleConfig["kafka"],
  clock: Clock,
  log: Logger,
): KafkaConnection {
  const kafka = settings.brokers.length > 0 ? createClient(settings.brokers, log) : undefined;
  const shared = sharedAdmin(client, clock);
  const closers: (() => Promise<void>)[] = [];
  const ensured = new Set<string>();
  let closing = false;
  let reason: string | undefined = kafka ? "not asked yet" : "KAFKA_BROKERS is not set";

  function client(): Kafka {
    if (!kafka) throw new DependencyUnavailableError("kafka", { cause: new Error(reason) });
    return kafka;
  }

  const watch = backgroundLoop({
    name: "kafka-watch",
    clock,
    idleMs: WATCH_MS,
    failureMs: WATCH_AWAY_MS,
    async turn(signal) {
      await shared.ask((admin) => admin.describeCluster(), signal);
      if (reason !== undefined) log.info({ dependency: "kafka" }, "Kafka is up");
      reason = undefined;
      return false;
    },
    onError(error) {
      if (closing) return;
      const why = causeOf(error);
      if (reason === undefined) log.warn({ dependency: "kafka", reason: why }, "Kafka is down");
      reason = why;
    },
  });
  if (kafka) watch.start();

  return {
    settings,
    clock,
    log,
    client,
    admin: shared.ask,
    async ensureTopics(topics) {
      const missing = [...new Set(topics)].filter((topic) => !ensured.has(topic));
      if (missing.length === 0) return;
      await shared.ask((admin) => createTopics(admin, missing, log));
      for (const topic of missing) ensured.add(topic);
    },
    health: () => ({ dependency: "kafka", up: reason === undefined, reason }),
    onClose: (work) => closers.push(work),
    async close() {
      closing = true;
      const all = Promise.allSettled([
        watch.stop(),
        ...closers.map((work) => work()),
        shared.drop(),
      ]);
      await withinTime(clock, CLOSE_MS_MAX, all).catch(() => {
        log.warn({ dependency: "kafka" }, "Kafka did not let go in time");
      });
    },
  };
}

function createClient(brokers: readonly string[], log: Logger): Kafka {
  return new kafkajs.Kafka({
    clientId: "onsale",
    brokers: [...brokers],
    connectionTimeout: CONNECT_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    retry: RETRY,
    logLevel: kafkajs.logLevel.WARN,
    // At debug only: it says the same line at every attempt, and every failure that matters reaches us as an
    // error or as an event, which is logged once and by its consequence.
    logCreator:
      () =>
      ({ namespace, log: { message, error } }) =>
        log.debug({ kafkajs: namespace, error: error ? String(error) : undefined }, message),
  });
}

/** One administrative connection for all questions; replaced after any failure. */
function sharedAdmin(client: () => Kafka, clock: Clock) {
  let connecting: Promise<Admin> | undefined;

  async function connect(): Promise<Admin> {
    const admin = client().admin();
    await admin.connect();
    return admin;
  }

  async function drop(): Promise<void> {
    const old = connecting;
    connecting = undefined;
    await old?.then((admin) => admin.disconnect()).catch(() => {});
  }

  async function ask<T>(work: (admin: Admin) => Promise<T>, signal?: AbortSignal): Promise<T> {
    connecting ??= connect();
    try {
      return await withinTime(clock, ADMIN_MS_MAX, connecting.then(work), signal);
    } catch (cause) {
      void drop();
      throw new DependencyUnavailableError("kafka", { cause });
    }
  }

  return { ask, drop };
}

async function createTopics(admin: Admin, topics: readonly string[], log: Logger): Promise<void> {
  try {
    await admin.createTopics({
      topics: topics.map((topic) => ({ topic, numPartitions: PARTITIONS })),
      timeout: REQUEST_MS_MAX,
    });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.warn({ topics, reason: String(error) }, "The broker does not let us make topics");
  }
}

/** The broker lives and said no: asking again changes nothing. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof kafkajs.KafkaJSAggregateError ||
    error instanceof kafkajs.KafkaJSServerDoesNotSupportApiKey ||
    (error instanceof kafkajs.KafkaJSProtocolError && !error.retriable)
  );
}

/** The innermost message: the library wraps "connection refused" in "retries exceeded". */
export function causeOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (inner instanceof NoAnswerError || inner instanceof Error) return inner.message;
  return String(inner);
}
