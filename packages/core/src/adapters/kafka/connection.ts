import kafkajs, { type Admin } from "kafkajs";
import type { ServersConfig } from "../../config/readConfig.ts";
import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import { backgroundLoop } from "../../shared/backgroundLoop.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { type KafkaSession, kafkaSession, REQUEST_MS_MAX } from "./session.ts";
import { withinTime } from "./withinTime.ts";

/** For all attempts of one administrative request. */
const ADMIN_MS_MAX = 4_000;
/** Pauses between health checks: while the broker answers, and while it does not. */
const WATCH_MS = 2_000;
const WATCH_DOWN_MS = 1_000;
/** Time that a close waits for requests in flight; part of the time for a shutdown. */
const CLOSE_MS_MAX = 2_000;
/** For several consumers of one group; more partitions than consumers cost little. */
const PARTITIONS = 6;

/** The connection that the publisher and the consumers share. */
export interface KafkaConnection {
  readonly settings: ServersConfig["kafka"];
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * A new client; the caller cuts it after use.
   * @throws DependencyUnavailableError when no broker is configured, or after the close
   */
  session(): KafkaSession;
  /**
   * Sends administrative requests through a shared connection. After a failure, or when the signal
   * ends the wait, later requests use a new connection.
   * @throws DependencyUnavailableError
   */
  admin<T>(work: (admin: Admin) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Creates missing topics, once for each name. A broker that refuses may still create topics by
   * itself, so a refusal is only logged.
   * @throws DependencyUnavailableError
   */
  ensureTopics(topics: readonly string[]): Promise<void>;
  health(): DependencyHealth;
  /** Registers work that `close` runs. */
  onClose(work: () => Promise<void>): void;
  /** Takes `CLOSE_MS_MAX` at most, also while the broker does not answer. */
  close(): Promise<void>;
}

/** Opens lazily and never fails: connections are made at their first use and after each loss. */
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
        log.warn(
          { event: "kafka.close_timed_out", dependency: "kafka" },
          "Requests to Kafka did not end in time; their connections were closed",
        );
      });
      for (const open of sessions) open.cut();
    },
  };
}

/** Checks the broker's health in the background. */
function watchBroker(ask: KafkaConnection["admin"], clock: Clock, log: Logger) {
  let reason: string | undefined = "not asked yet";
  let stopping = false;
  const loop = backgroundLoop({
    name: "kafka-watch",
    clock,
    idleMs: WATCH_MS,
    failureMs: WATCH_DOWN_MS,
    async runOnce(signal) {
      await ask((admin) => admin.describeCluster(), signal);
      if (reason !== undefined) {
        log.info({ event: "dependency.up", dependency: "kafka" }, "Kafka answers");
      }
      reason = undefined;
      return false;
    },
    onError(error) {
      if (stopping) return;
      const why = causeOf(error);
      if (reason === undefined) {
        log.warn(
          { event: "dependency.down", dependency: "kafka", reason: why },
          "Kafka does not answer",
        );
      }
      reason = why;
    },
  });
  return {
    /** Undefined while the broker answers. */
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
  /** Requests in flight: a failed one must not cut the connection of the others. */
  inFlight: number;
}

/** One administrative connection for all requests; after a failure later requests use a new one. */
function sharedAdmin(session: () => KafkaSession, clock: Clock) {
  let open: SharedAdmin | undefined;

  function connect(): SharedAdmin {
    const own = session();
    const admin = own.kafka.admin();
    return { session: own, admin: admin.connect().then(() => admin), inFlight: 0 };
  }

  async function ask<T>(work: (admin: Admin) => Promise<T>, signal?: AbortSignal): Promise<T> {
    open ??= connect();
    const used = open;
    used.inFlight += 1;
    try {
      return await withinTime(clock, ADMIN_MS_MAX, used.admin.then(work), signal);
    } catch (cause) {
      if (open === used) open = undefined;
      throw new DependencyUnavailableError("kafka", { cause });
    } finally {
      used.inFlight -= 1;
      if (open !== used && used.inFlight === 0) used.session.cut();
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
    log.warn(
      { event: "kafka.topic_creation_refused", topics, reason: String(error) },
      "The broker refused to create topics; create them by hand unless it creates them itself",
    );
  }
}

/** True when the broker answered with a refusal that a retry does not change. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof kafkajs.KafkaJSAggregateError ||
    error instanceof kafkajs.KafkaJSServerDoesNotSupportApiKey ||
    (error instanceof kafkajs.KafkaJSProtocolError && !error.retriable)
  );
}

/** The message of the innermost cause: the library wraps "connection refused" several times. */
export function causeOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}
