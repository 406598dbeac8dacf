import type { PartitionLag } from "../../../ports/consumerLag.ts";
import type { PublishedMessage, PublishFailure } from "../../../ports/publisher.ts";
import type { Clock } from "../../../shared/clock.ts";
import { blockedFailure, blockedKeys } from "../../shared/blockedKeys.ts";
import {
  type ConsumerGroup,
  catchUp,
  emptyGroup,
  fenceMembers,
  type GroupSettings,
  heardOf,
  joinGroup,
  removeMember,
  wakeOwners,
} from "./consumerGroup.ts";
import type { LogLimits, LogRecord } from "./partitionLog.ts";
import {
  nameOf,
  type PartitionBatch,
  type PartitionOffset,
  type TopicPartition,
} from "./topicPartition.ts";
import { bytesOf, type TopicStore, topicStore } from "./topicStore.ts";

/** Kafka's default limit for a message with its framing (message.max.bytes). */
const MESSAGE_BYTES_MAX = 1_048_588;
/** Maximum number of messages of a partition in one fetch. A crash repeats at most so many. */
const FETCH_MESSAGES_MAX = 100;
/** The timeouts and the number of partitions are those of the Kafka adapter. */
const DEFAULTS = {
  partitions: 6,
  sessionMs: 10_000,
  rebalanceMs: 15_000,
  // `retainedBytesMax` keeps thousands of messages for consumers that start late. `bytesMax` keeps
  // about one hour of an on-sale for slow consumers.
  retainedBytesMax: 2 * 1_048_576,
  bytesMax: 64 * 1_048_576,
} as const;

export interface MemoryBrokerOptions extends Partial<GroupSettings>, Partial<LogLimits> {
  readonly clock: Clock;
}

/** A consumer: the name of its group and its member id. */
export interface MemberIdentity {
  readonly consumer: string;
  readonly memberId: string;
}

/** A snapshot of a group, for tests. */
export interface GroupSnapshot {
  readonly generation: number;
  readonly members: readonly {
    readonly memberId: string;
    readonly partitions: readonly string[];
  }[];
  /** Number of stored messages that the group has not committed. */
  readonly lag: number;
}

/**
 * The in-memory broker, which several processes share. Each process calls the broker through its
 * own `ServerLink`. Each request is one synchronous step.
 * Each partition keeps at most 2 MiB of messages that every group has committed, and at most 64
 * MiB of messages in total. Above either limit the broker deletes the oldest messages.
 */
export interface MemoryBroker {
  /** Stores messages in order. A refused message blocks the later messages of its key. */
  publish(messages: readonly PublishedMessage[]): readonly PublishFailure[];
  /**
   * Returns a new member id. A consumer gets its id before the join: if the answer to the join is
   * lost, the consumer still knows its id, and the group has no member without a client.
   */
  newMemberId(): string;
  /**
   * Joins the group, or joins it again.
   * @param wake called when a new request can return a result, if the last request returned none
   * @returns the generation; undefined while other members have not joined yet
   */
  join(who: MemberIdentity, topics: readonly string[], wake: () => void): number | undefined;
  /**
   * Returns messages of the member's partitions, starting at the group's committed offsets. A fetch
   * counts as a heartbeat.
   * @returns undefined when the member must join again
   */
  fetch(who: MemberIdentity, generation: number): readonly PartitionBatch[] | undefined;
  /** Records a heartbeat. @returns false when the member must join again */
  heartbeat(who: MemberIdentity, generation: number): boolean;
  /** Commits an offset. @returns false when the member must not commit in this generation */
  commit(who: MemberIdentity, generation: number, next: PartitionOffset): boolean;
  leave(who: MemberIdentity): void;

  /**
   * Injects a fault: moves the committed offset of each partition back by `by` messages and makes
   * the members join again. The broker then delivers those messages again, if it still stores them.
   */
  rewind(consumer: string, by: number): void;
  /**
   * Injects a fault: the broker removes a member as if its session had expired.
   * @returns false for an unknown member
   */
  expel(memberId: string): boolean;
  groupOf(consumer: string): GroupSnapshot;
  /**
   * Returns the lag of the group in each partition of the topics.
   * @param oldAfterMs a message counts as old when it was stored at least this long ago
   */
  lagOf(consumer: string, topics: readonly string[], oldAfterMs: number): readonly PartitionLag[];
  /** Returns all stored messages for checkers: each partition from its oldest message. */
  logs(): readonly (readonly LogRecord[])[];
}

/** Creates a broker without messages. The broker creates a topic at its first use. */
export function createMemoryBroker(options: MemoryBrokerOptions): MemoryBroker {
  const settings = { ...DEFAULTS, ...options };
  const topics = topicStore(settings.partitions, settings);
  const groups = new Map<string, ConsumerGroup>();
  let memberCount = 0;
  const nowMs = (): number => settings.clock.monotonicMs();

  function groupFor(consumer: string): ConsumerGroup {
    const group = groups.get(consumer) ?? emptyGroup();
    groups.set(consumer, group);
    catchUp(group, nowMs(), settings);
    return group;
  }

  return {
    publish: (messages) => storeMessages(topics, groups, messages, nowMs()),
    newMemberId() {
      memberCount += 1;
      return `member-${memberCount}`;
    },
    join: ({ consumer, memberId }, wanted, wake) =>
      joinGroup(groupFor(consumer), { memberId, topics: wanted, wake }, nowMs(), settings),
    fetch({ consumer, memberId }, generation) {
      const group = groupFor(consumer);
      const member = heardOf(group, memberId, generation, nowMs());
      if (!member || group.rebalancingUntilMs !== undefined) return undefined;
      const batches = readFrom(topics, group, member.partitions);
      member.isWaiting = batches.length === 0;
      return batches;
    },
    heartbeat({ consumer, memberId }, generation) {
      const group = groupFor(consumer);
      const member = heardOf(group, memberId, generation, nowMs());
      return member !== undefined && group.rebalancingUntilMs === undefined;
    },
    commit({ consumer, memberId }, generation, next) {
      const group = groupFor(consumer);
      if (!heardOf(group, memberId, generation, nowMs())) return false;
      group.committed.set(nameOf(next), next);
      trimLog(topics, groups, next);
      return true;
    },
    leave: ({ consumer, memberId }) =>
      void removeMember(groupFor(consumer), memberId, nowMs(), settings),
    rewind(consumer, by) {
      const group = groupFor(consumer);
      for (const [name, place] of group.committed) {
        const oldest = topics.logOf(place).startOffset;
        group.committed.set(name, { ...place, offset: Math.max(oldest, place.offset - by) });
      }
      fenceMembers(group, nowMs(), settings);
    },
    expel: (memberId) =>
      [...groups.values()].some((group) => removeMember(group, memberId, nowMs(), settings)),
    groupOf: (consumer) => snapshotOf(topics, groupFor(consumer), settings.partitions),
    lagOf(consumer, wanted, oldAfterMs) {
      const group = groupFor(consumer);
      const oldBeforeMs = nowMs() - oldAfterMs;
      return wanted
        .flatMap((topic) => lagIn(topics, group, topic, settings.partitions))
        .map((lag) => ({ ...lag, oldLag: oldLagIn(topics, lag, oldBeforeMs) }));
    },
    logs: () => topics.all().map((log) => log.read(0, Number.POSITIVE_INFINITY)),
  };
}

function storeMessages(
  topics: TopicStore,
  groups: ReadonlyMap<string, ConsumerGroup>,
  messages: readonly PublishedMessage[],
  nowMs: number,
): readonly PublishFailure[] {
  const failures: PublishFailure[] = [];
  const blocked = blockedKeys();
  const appended = new Map<string, TopicPartition>();
  for (const message of messages) {
    const { messageId } = message;
    if (blocked.has(message)) {
      failures.push(blockedFailure(message));
    } else if (bytesOf(message) > MESSAGE_BYTES_MAX) {
      failures.push({ messageId, error: "MESSAGE_TOO_LARGE", reason: "refused" });
      blocked.add(message);
    } else {
      const place = topics.append(message, nowMs);
      appended.set(nameOf(place), place);
    }
  }
  for (const place of appended.values()) trimLog(topics, groups, place);
  const names = new Set(appended.keys());
  for (const group of groups.values()) wakeOwners(group, names);
  return failures;
}

function readFrom(
  topics: TopicStore,
  group: ConsumerGroup,
  partitions: readonly TopicPartition[],
): readonly PartitionBatch[] {
  return partitions.flatMap(({ topic, partition }) => {
    const log = topics.logOf({ topic, partition });
    const from = group.committed.get(nameOf({ topic, partition }))?.offset ?? log.startOffset;
    const records = log.read(from, FETCH_MESSAGES_MAX);
    const lostCount = Math.max(0, log.startOffset - from);
    return records.length === 0 ? [] : [{ topic, partition, lostCount, records }];
  });
}

/**
 * A group that has subscribed to the topic counts even when it has no members now: its consumers
 * can return.
 */
function trimLog(
  topics: TopicStore,
  groups: ReadonlyMap<string, ConsumerGroup>,
  place: TopicPartition,
): void {
  topics.logOf(place).trim(() => {
    let committedOffset = Number.POSITIVE_INFINITY;
    for (const group of groups.values()) {
      if (!group.topics.has(place.topic)) continue;
      committedOffset = Math.min(committedOffset, group.committed.get(nameOf(place))?.offset ?? 0);
    }
    return committedOffset;
  });
}

function lagIn(
  topics: TopicStore,
  group: ConsumerGroup,
  topic: string,
  partitions: number,
): readonly Omit<PartitionLag, "oldLag">[] {
  return Array.from({ length: partitions }, (_unused, partition) => {
    const { startOffset, endOffset } = topics.logOf({ topic, partition });
    const committedOffset = group.committed.get(nameOf({ topic, partition }))?.offset;
    const lag = endOffset - Math.max(committedOffset ?? 0, startOffset);
    return { topic, partition, committedOffset, endOffset, lag };
  });
}

/** Counts the unread messages that were stored at this time or before. */
function oldLagIn(
  topics: TopicStore,
  { lag, endOffset, ...place }: Omit<PartitionLag, "oldLag">,
  oldBeforeMs: number,
): number {
  const unread = topics.logOf(place).read(endOffset - lag, lag);
  const young = unread.findIndex(({ storedMs }) => storedMs > oldBeforeMs);
  return young < 0 ? unread.length : young;
}

function snapshotOf(topics: TopicStore, group: ConsumerGroup, partitions: number): GroupSnapshot {
  const lag = [...group.topics]
    .flatMap((topic) => lagIn(topics, group, topic, partitions))
    .reduce((sum, partition) => sum + partition.lag, 0);
  const members = [...group.members.values()].map(({ memberId, partitions: own }) => ({
    memberId,
    partitions: own.map(nameOf),
  }));
  return { generation: group.generation, members, lag };
}
