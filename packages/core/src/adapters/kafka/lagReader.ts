import type { Admin } from "kafkajs";
import type { KafkaConfig } from "../../config/serverConfig.ts";
import type { ConsumerLag, ConsumerLagReader, PartitionLag } from "../../ports/consumerLag.ts";
import type { Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { kafkaSession } from "./session.ts";
import { withinTime } from "./withinTime.ts";

/** Time limit for reading the lag once, from the connection to the last answer. */
const READ_MS_MAX = 5_000;

/**
 * Reads the lag through a connection of its own, which is closed after each read. So a process that
 * never reads the lag has no connection, and no kafkajs client lives long enough to keep a deleted
 * topic in its memory.
 */
export function kafkaLagReader(
  settings: KafkaConfig,
  clock: Clock,
  log: Logger,
): ConsumerLagReader {
  return {
    async read(consumer, topics, oldAfterMs) {
      if (settings.brokers.length === 0) {
        const cause = new Error("KAFKA_BROKERS is not set");
        throw new DependencyUnavailableError("kafka", { cause });
      }
      const { kafka, cut } = kafkaSession(settings, log);
      const admin = kafka.admin();
      const group = `${settings.topicPrefix}${consumer}`;
      const oldBeforeMs = clock.nowMs() - oldAfterMs;
      try {
        const reading = admin.connect().then(() => lagOf(admin, group, topics, oldBeforeMs));
        return await withinTime(clock, READ_MS_MAX, reading);
      } catch (cause) {
        throw new DependencyUnavailableError("kafka", { cause });
      } finally {
        cut();
      }
    },
  };
}

async function lagOf(
  admin: Admin,
  group: string,
  topics: readonly string[],
  oldBeforeMs: number,
): Promise<ConsumerLag> {
  const existing = new Set(await admin.listTopics());
  const known = topics.filter((topic) => existing.has(topic));
  const missingTopics = topics.filter((topic) => !existing.has(topic));
  if (known.length === 0) return { group, partitions: [], missingTopics };
  const offsets = await admin.fetchOffsets({ groupId: group, topics: known });
  const partitions = await Promise.all(
    offsets.map(async ({ topic, partitions: committed }) => {
      const ends = await admin.fetchTopicOffsets(topic);
      // For each partition the offset of its first message that is not old, or its end.
      const youngFromMs = Math.floor(oldBeforeMs) + 1;
      const young = await admin.fetchTopicOffsetsByTimestamp(topic, youngFromMs);
      return ends.map((end) => {
        const found = committed.find(({ partition }) => partition === end.partition);
        const youngFrom = young.find(({ partition }) => partition === end.partition);
        return partitionLag(topic, end, found?.offset, youngFrom?.offset ?? end.low);
      });
    }),
  );
  return { group, partitions: partitions.flat().sort(byPlace), missingTopics };
}

/**
 * Offsets are in decimal digits.
 * @param committed "-1" before the first commit
 * @param youngFrom offset of the first message that is not old
 */
function partitionLag(
  topic: string,
  { partition, high, low }: { partition: number; high: string; low: string },
  committed: string | undefined,
  youngFrom: string,
): PartitionLag {
  const offset = Number(committed ?? -1);
  const endOffset = Number(high);
  const unreadFrom = Math.max(offset, Number(low));
  const lag = endOffset - unreadFrom;
  const oldLag = Math.min(lag, Math.max(0, Number(youngFrom) - unreadFrom));
  const committedOffset = offset < 0 ? undefined : offset;
  return { topic, partition, committedOffset, endOffset, lag, oldLag };
}

function byPlace(a: PartitionLag, b: PartitionLag): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition;
}
