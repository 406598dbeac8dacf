import kafkajs, { type Admin } from "kafkajs";
import type { ServersConfig } from "../../config/readConfig.ts";
import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import { backgroundLoop } from "../../shared/backgroundLoop.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { type KafkaSession, kafkaSession, REQUEST_MS_MAX } from "./session.ts";
import { withinTime } from "./withinTime.ts";

/** All tries of one administrative question. */
const ADMIN_MS_MAX = 4_000;
/** How often the watch asks, and how soon it asks again a broker that is away. */
const WATCH_MS = 2_000;
const WATCH_AWAY_MS = 1_000;
/** What a close waits for requests in flight; SIGTERM deadlines count it. */
const CLOSE_MS_MAX = 2_000;
/** Enough for several consumers of one group; more partitions than consumers cost little. */
const PARTITIONS = 6;

/** What the publisher and the consumers share. */
export interface KafkaConnection {
  readonly settings: ServersConfig["kafka"];
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * A client of one's own, to be cut after use.
   * @throws DependencyUnavailableError when no broker is configured, or after the close
   */
  session(): KafkaSession;
  /**
   * Asks through a shared connection that is dropped when it fails, or when the signal ends the
   * wait.
   * @throws DependencyUnavailableError
   */
  admin<T>(work: (admin: Admin) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Makes the topics that are not there, once for each name. A broker that does not allow it may
   * still make them by itself, so a refusal is only logged.
   * @throws DependencyUnavailableError
   */
  ensureTopics(topics: readonly string[]): Promise<void>;
  health(): DependencyHealth;
  /** Runs when the connection closes. */
  onClose(work: () => Promise<void>): void;
  /** Bounded, also while the broker is frozen. */
  close(): Promise<void>;
}

/**
 * Opens lazily and never fails: connections are made when they are needed, and again when they
 * broke.
 */
export function openKafka(
  settings: ServersConfig["kafka"],
  clock: Clock,
  log: Logger,
): KafkaConnection {
  const configured = settings.brokers.length > 0;
  const shared = sharedAdmin(session, clock);
  const sessions = new Set<KafkaSession>();
  const closers: (() => Promise<void>)[] = [];
  const ensured = new Set<string>();
  const watch = watchBroker(shared.ask, clock, log);
  let closing = false;

  function session(): KafkaSession {
    if (!configured || closing) {
      const cause = new Error(configured ? "closed" : "KAFKA_BROKERS is not set");
      throw new DependencyUnavailableError("kafka", { cause });
    }
    const { kafka, cut } = kafkaSession(settings.brokers, log);
    const tracked = {
      kafka,
      cut() {
        sessions.delete(tracked);
        cut();
      },
    };
    sessions.add(tracked);
    return tracked;
  }

  if (configured) watch.start();

  return {
    settings,
    clock,
    log,
    session,
    admin: shared.ask,
    async ensureTopics(topics) {
      const missing = [...new Set(topics)].filter((topic) => !ensured.has(topic));
      if (missing.length === 0) return;
      await shared.ask((admin) => createTopics(admin, missing, log));
      for (const topic of missing) ensured.add(topic);
    },
    health() {
      const reason = configured ? watch.reason : "KAFKA_BROKERS is not set";
      return { dependency: "kafka", up: reason === undefined, reason };
    },
    onClose: (work) => closers.push(work),
    async close() {
      closing = true;
      const all = Promise.allSettled([watch.stop(), ...closers.map((work) => work())]);
      await withinTime(clock, CLOSE_MS_MAX, all).catch(() => {
        log.warn({ dependency: "kafka" }, "Kafka did not let go in time");
      });
      for (const open of sessions) open.cut();
    },
  };
}

/** Asks the broker all the time whether it lives. */
function watchBroker(ask: KafkaConnection["admin"], clock: Clock, log: Logger) {
  let reason: string | undefined = "not asked yet";
  let stopping = false;
  const loop = backgroundLoop({
    name: "kafka-watch",
    clock,
    idleMs: WATCH_MS,
    failureMs: WATCH_AWAY_MS,
    async runOnce(signal) {
      await ask((admin) => admin.describeCluster(), signal);
      if (reason !== undefined) log.info({ dependency: "kafka" }, "Kafka is up");
      reason = undefined;
      return false;
    },
    onError(error) {
      if (stopping) return;
      const why = causeOf(error);
      if (reason === undefined) log.warn({ dependency: "kafka", reason: why }, "Kafka is down");
      reason = why;
    },
  });
  return {
    /** Undefined while it answers. */
    get reason() {
      return reason;
    },
    start: () => loop.start(),
    stop() {
      stopping = true;
      return loop.stop();
    },
  };
}

interface SharedAdmin {
  readonly session: KafkaSession;
  readonly admin: Promise<Admin>;
  /** Questions under way: one that fails must not take the others with it. */
  asking: number;
}

/**
 * One administrative connection for all questions; after a failure later questions use a new one.
 */
function sharedAdmin(session: () => KafkaSession, clock: Clock) {
  let open: SharedAdmin | undefined;

  function connect(): SharedAdmin {
    const own = session();
    const admin = own.kafka.admin();
    return { session: own, admin: admin.connect().then(() => admin), asking: 0 };
  }

  async function ask<T>(work: (admin: Admin) => Promise<T>, signal?: AbortSignal): Promise<T> {
    open ??= connect();
    const used = open;
    used.asking += 1;
    try {
      return await withinTime(clock, ADMIN_MS_MAX, used.admin.then(work), signal);
    } catch (cause) {
      if (open === used) open = undefined;
      throw new DependencyUnavailableError("kafka", { cause });
    } finally {
      used.asking -= 1;
      if (open !== used && used.asking === 0) used.session.cut();
    }
  }

  return { ask };
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
  return inner instanceof Error ? inner.message : String(inner);
}
