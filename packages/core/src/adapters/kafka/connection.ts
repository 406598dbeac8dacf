import type { Admin } from "kafkajs";
import type { KafkaConfig } from "../../config/serverConfig.ts";
import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import { backgroundLoop } from "../../shared/backgroundLoop.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { tlsReason } from "../shared/tlsReason.ts";
import { type KafkaSession, kafkaSession } from "./session.ts";
import { createTopics, type RestoredTopics, restoreTopics } from "./topicCreation.ts";
import { withinTime } from "./withinTime.ts";

/** Time limit of one administrative request, including its retries. */
const ADMIN_MS_MAX = 4_000;
/**
 * Pauses between health checks: WATCH_MS while the broker answers, WATCH_DOWN_MS while it does not.
 */
const WATCH_MS = 2_000;
const WATCH_DOWN_MS = 1_000;
/**
 * Longest time that `close` waits for running requests. A shutdown has only a few seconds in total.
 */
const CLOSE_MS_MAX = 2_000;
/** The connection that the publisher and the consumers share. */
export interface KafkaConnection {
  readonly settings: KafkaConfig;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * Creates a client. The caller must cut the session after use.
   * @throws DependencyUnavailableError when no broker is configured, or after `close`
   */
  session(): KafkaSession;
  /**
   * Sends administrative requests through a shared connection. After a failure, or when the signal
   * aborts the wait, later requests use a new connection.
   * @throws DependencyUnavailableError
   */
  admin<T>(work: (admin: Admin) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Creates missing topics. A connection sends each topic name to the broker once, however often
   * this is called. A broker that refuses the request may still create topics automatically, so a
   * refusal is only logged.
   * @throws DependencyUnavailableError
   */
  ensureTopics(topics: readonly string[]): Promise<void>;
  /**
   * Creates topics that were deleted, and reads which topics exist.
   * @throws DependencyUnavailableError
   */
  restoreTopics(topics: readonly string[]): Promise<RestoredTopics>;
  health(): DependencyHealth;
  /** Registers work that `close` runs. */
  onClose(work: () => Promise<void>): void;
  /** Closes within `CLOSE_MS_MAX`, even while the broker does not answer. */
  close(): Promise<void>;
}

/**
 * Opens the connection lazily and never fails. Clients connect at first use and after each loss.
 */
export function openKafka(settings: KafkaConfig, clock: Clock, log: Logger): KafkaConnection {
  const configured = settings.brokers.length > 0;
  const shared = sharedAdmin(session, clock);
  const sessions = new Set<KafkaSession>();
  const closers: (() => Promise<void>)[] = [];
  const ensured = new Set<string>();
  const watch = watchBroker(shared.ask, settings, { clock, log });
  let closing = false;

  function session(): KafkaSession {
    if (!configured || closing) {
      const cause = new Error(configured ? "closed" : "KAFKA_BROKERS is not set");
      throw new DependencyUnavailableError("kafka", { cause });
    }
    const { kafka, cut } = kafkaSession(settings, log);
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
    restoreTopics: (topics) =>
      shared.ask((admin) => restoreTopics(admin, clock, [...new Set(topics)], ensured)),
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

/** The reason before the first answer or failure. */
const NOT_ASKED = "not asked yet";

/** Asks the broker periodically, in the background, whether it answers. */
function watchBroker(
  ask: KafkaConnection["admin"],
  { tls }: KafkaConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
) {
  let reason: string | undefined = NOT_ASKED;
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
      const why = tlsReason(clock, "KAFKA", tls, causeOf(error));
      if (reason === undefined || reason === NOT_ASKED) {
        log.warn(
          { event: "dependency.down", dependency: "kafka", reason: why },
          "Kafka does not answer",
        );
      }
      reason = why;
    },
  });
  return {
    /** The reason why the broker does not answer; undefined while it answers. */
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
  /**
   * Number of running requests. A failed request cuts the connection only when no other request
   * uses it.
   */
  inFlight: number;
}

/** Shares one administrative connection. After a failure, later requests use a new connection. */
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

/** Message of the innermost cause, because kafkajs wraps "connection refused" several times. */
export function causeOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}
