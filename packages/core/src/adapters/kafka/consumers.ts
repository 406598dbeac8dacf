import type { Admin } from "kafkajs";
import type { ConsumerSubscription, Consumers, RunningConsumer } from "../../ports/consumer.ts";
import type { Logger } from "../../ports/observability.ts";
import { backgroundLoop } from "../../shared/backgroundLoop.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { causeOf, type KafkaConnection } from "./connection.ts";
import { type Assignment, joinGroup, type RunningGroupMember } from "./runningConsumer.ts";
import { type ProgressWatchdog, progressWatchdog } from "./watchdog.ts";

/** Pause between two checks of a consumer. */
const CHECK_MS = 5_000;
const RESTART_MS = 1_000;
/**
 * A consumer that has messages to apply and makes no progress for this time is stalled. A rebalance
 * takes less time.
 */
const STALL_MS = 30_000;

/** Intervals of the supervisor. Tests use shorter intervals. */
export interface SupervisorSettings {
  readonly checkMs: number;
  readonly stallMs: number;
}

/**
 * Runs consumers on Kafka. `run` resolves immediately; the consumer joins its group in the
 * background.
 */
export function kafkaConsumers(
  connection: KafkaConnection,
  settings: SupervisorSettings = { checkMs: CHECK_MS, stallMs: STALL_MS },
): Consumers {
  return {
    async run(subscription) {
      const running = supervise(connection, subscription, settings);
      connection.onClose(() => running.stop());
      return running;
    },
  };
}

/** Starts one consumer, and replaces the consumer when it has crashed or stalled. */
function supervise(
  connection: KafkaConnection,
  subscription: ConsumerSubscription,
  { checkMs, stallMs }: SupervisorSettings,
): RunningConsumer {
  const { clock, log } = connection;
  const { consumer } = subscription;
  const watchdog = progressWatchdog(clock, stallMs);
  let member: RunningGroupMember | undefined;
  let failing: string | undefined;

  async function replace(reason: string): Promise<void> {
    if (reason !== failing) {
      log.warn({ event: "consumer.restarted", consumer, reason }, "A consumer is restarted");
    }
    failing = reason;
    const old = member;
    member = undefined;
    await old?.stop();
  }

  const loop = backgroundLoop({
    name: `consumer:${consumer}`,
    clock,
    idleMs: checkMs,
    failureMs: RESTART_MS,
    async runOnce(signal) {
      if (!member) {
        watchdog.reset();
        member = await joinGroup(connection, subscription, signal, () => loop.nudge());
        if (failing === undefined) logStart(log, consumer, member);
        return member.crash !== undefined;
      }
      const reason =
        member.crash ??
        (await restoredTopic(connection, member)) ??
        (await stallOf(connection, member, watchdog, signal));
      if (reason === undefined) {
        if (failing !== undefined) logStart(log, consumer, member);
        failing = undefined;
        return false;
      }
      await replace(reason);
      // The pause prevents a busy loop when a consumer crashes immediately after each start.
      await clock.sleep(RESTART_MS, signal);
      return true;
    },
    onError(error) {
      const reason = causeOf(error);
      // Log each reason once: without broker or right, the start fails every second.
      if (reason !== failing) {
        log.warn(
          { event: "consumer.start_failed", consumer, reason },
          "A consumer cannot start; it tries again every second",
        );
      }
      failing = reason;
    },
  });
  loop.start();

  return {
    async stop() {
      await loop.stop();
      const last = member;
      member = undefined;
      await last?.stop();
    },
  };
}

/**
 * The reason to replace the member; undefined while it makes progress or the broker is unavailable.
 */
async function stallOf(
  connection: KafkaConnection,
  member: RunningGroupMember,
  watchdog: ProgressWatchdog,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { assignment, groupId, beats, topics } = member;
  try {
    const lag = assignment
      ? await connection.admin((admin) => lagOf(admin, groupId, topics, assignment), signal)
      : undefined;
    return watchdog.isStalled({ lag, beats })
      ? `no progress; messages behind: ${lag ?? "unknown"}`
      : undefined;
  } catch (error) {
    if (!(error instanceof DependencyUnavailableError)) throw error;
    watchdog.reset();
    return undefined;
  }
}

function logStart(log: Logger, consumer: string, member: RunningGroupMember): void {
  const { topics, absentTopics } = member;
  log.info({ event: "consumer.started", consumer, topics }, "A consumer joined its group");
  for (const [topic, reason] of absentTopics) {
    log.error(
      { event: "consumer.topic_missing", consumer, topic, reason },
      "A consumer does not read a topic, because the topic does not exist",
    );
  }
}

/** Looks for the topics that a member does not read. @returns why it must join again, if so */
async function restoredTopic(
  connection: KafkaConnection,
  { absentTopics }: RunningGroupMember,
): Promise<string | undefined> {
  if (absentTopics.size === 0) return undefined;
  const topics = [...absentTopics.keys()];
  try {
    const { absent } = await connection.restoreTopics(topics);
    const restored = topics.filter((topic) => !absent.has(topic));
    return restored.length === 0 ? undefined : `the topic ${restored.join(", ")} exists again`;
  } catch (error) {
    if (!(error instanceof DependencyUnavailableError)) throw error;
    return undefined;
  }
}

/** Number of uncommitted messages in the member's partitions. */
async function lagOf(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
  assignment: Assignment,
): Promise<number> {
  const groups = await admin.fetchOffsets({ groupId, topics: [...topics] });
  let lag = 0;
  for (const { topic, partitions } of groups) {
    const committed = new Map(partitions.map(({ partition, offset }) => [partition, offset]));
    for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
      if (!assignment[topic]?.includes(partition)) continue;
      const done = Number(committed.get(partition) ?? -1);
      lag += Number(high) - Math.max(done, Number(low));
    }
  }
  return lag;
}
