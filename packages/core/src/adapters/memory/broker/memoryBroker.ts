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
/** Messages of one partition that one request takes along; a crash hands so many over again. */
const FETCH_MESSAGES_MAX = 100;
/** As the Kafka adapter has them. */
const DEFAULTS = {
  partitions: 6,
  sessionMs: 10_000,
  rebalanceMs: 15_000,
  // Thousands of messages for who begins to read later, and an hour of a rush for who fell behind.
  retainedBytesMax: 2 * 1_048_576,
  bytesMax: 64 * 1_048_576,
} as const;

export interface MemoryBrokerOptions extends Partial<GroupSettings>, Partial<LogLimits> {
  readonly clock: Clock;
}

/** Who asks: a consumer by its group's name and its own. */
export interface MemberIdentity {
  readonly consumer: string;
  readonly memberId: string;
}

/** What a group looks like from the outside. */
export interface GroupSight {
  readonly generation: number;
  readonly members: readonly {
    readonly memberId: string;
    readonly partitions: readonly string[];
  }[];
  /** Messages that are kept and not committed. */
  readonly lag: number;
}

/**
 * A broker's state, for all processes of a world. Each request is one step without a pause; the
 * processes call them over their links.
 *
 * What it holds is bounded for each partition: 2 MiB of messages that every group has committed,
 * and never more than 64 MiB; beyond that the oldest are dropped.
 */
export interface MemoryBroker {
  /** Stores what it can, in order; behind a refused message nothing of its key. */
  publish(messages: readonly PublishedMessage[]): readonly PublishFailure[];
  /** Names a member to be; apart from joining, so that a lost answer leaves no ghost behind. */
  newMemberId(): string;
  /**
   * @param wake called once there may be more to hear, after an answer without a result
   * @returns the generation joined; undefined while members of the last one are waited for
   */
  join(who: MemberIdentity, topics: readonly string[], wake: () => void): number | undefined;
  /**
   * Messages of the member's partitions behind what its group has committed; also a heartbeat.
   * @returns undefined when the member has to join anew
   */
  fetch(who: MemberIdentity, generation: number): readonly PartitionBatch[] | undefined;
  /** @returns false when the member has to join anew */
  heartbeat(who: MemberIdentity, generation: number): boolean;
  /** @returns false when the partition is no longer the member's to commit */
  commit(who: MemberIdentity, generation: number, next: PartitionOffset): boolean;
  leave(who: MemberIdentity): void;

  /**
   * A fault: a consumer's group forgets its last commits, so many in each partition, and its
   * members join anew. Whatever is still kept of these messages comes again.
   */
  rewind(consumer: string, by: number): void;
  /**
   * A fault: the broker takes the member for dead.
   * @returns false when there is no such member
   */
  expel(memberId: string): boolean;
  groupOf(consumer: string): GroupSight;
  /** All that is kept, for who judges a run: each partition from its oldest message on. */
  logs(): readonly (readonly LogRecord[])[];
}

/** A broker without messages; topics come into being when they are first named. */
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
    publish: (messages) => storeMessages(topics, groups, messages),
    newMemberId() {
      memberCount += 1;
      return `member-${memberCount}`;
    },
    join: ({ consumer, memberId }, wanted, wake) =>
      joinGroup(groupFor(consumer), { memberId, topics: wanted, wake }, nowMs(), settings),
    fetch({ consumer, memberId }, generation) {
      const group = groupFor(consumer);
      const member = heardOf(group, memberId, generation, nowMs());
      if (!member || group.gatheringUntilMs !== undefined) return undefined;
      const batches = readFrom(topics, group, member.partitions);
      member.isWaiting = batches.length === 0;
      return batches;
    },
    heartbeat({ consumer, memberId }, generation) {
      const group = groupFor(consumer);
      const member = heardOf(group, memberId, generation, nowMs());
      return member !== undefined && group.gatheringUntilMs === undefined;
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
    groupOf: (consumer) => sightOf(topics, groupFor(consumer), settings.partitions),
    logs: () => topics.all().map((log) => log.read(0, Number.POSITIVE_INFINITY)),
  };
}

function storeMessages(
  topics: TopicStore,
  groups: ReadonlyMap<string, ConsumerGroup>,
  messages: readonly PublishedMessage[],
): readonly PublishFailure[] {
  const failures: PublishFailure[] = [];
  const blocked = blockedKeys();
  const appended = new Map<string, TopicPartition>();
  for (const message of messages) {
    const { messageId } = message;
    if (blocked.has(message)) {
      failures.push(blockedFailure(message));
    } else if (bytesOf(message) > MESSAGE_BYTES_MAX) {
      failures.push({ messageId, error: "MESSAGE_TOO_LARGE", poison: true });
      blocked.add(message);
    } else {
      const place = topics.append(message);
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

/** Every group that ever wanted the topic counts, also one whose members are away. */
function trimLog(
  topics: TopicStore,
  groups: ReadonlyMap<string, ConsumerGroup>,
  place: TopicPartition,
): void {
  topics.logOf(place).trim(() => {
    let unwanted = Number.POSITIVE_INFINITY;
    for (const group of groups.values()) {
      if (!group.topics.has(place.topic)) continue;
      unwanted = Math.min(unwanted, group.committed.get(nameOf(place))?.offset ?? 0);
    }
    return unwanted;
  });
}

function sightOf(topics: TopicStore, group: ConsumerGroup, partitions: number): GroupSight {
  let lag = 0;
  for (const topic of group.topics) {
    for (let partition = 0; partition < partitions; partition += 1) {
      const log = topics.logOf({ topic, partition });
      const next = group.committed.get(nameOf({ topic, partition }))?.offset ?? 0;
      lag += log.endOffset - Math.max(next, log.startOffset);
    }
  }
  const members = [...group.members.values()].map(({ memberId, partitions: own }) => ({
    memberId,
    partitions: own.map(nameOf),
  }));
  return { generation: group.generation, members, lag };
}
