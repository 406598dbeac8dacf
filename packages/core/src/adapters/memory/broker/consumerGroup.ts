import { assignPartitions } from "./assignPartitions.ts";
import { nameOf, type PartitionOffset, type TopicPartition } from "./topicPartition.ts";

/** The broker's state of a consumer in its group. */
interface GroupMember {
  readonly memberId: string;
  readonly topics: readonly string[];
  /** Makes an idle consumer send its next request immediately. */
  readonly wake: () => void;
  /** Time of the member's last request, by the broker's monotonic clock. */
  seenAtMs: number;
  /** True when the member has released its old partitions and waits for new partitions. */
  hasJoined: boolean;
  /** True when the member's last request returned nothing and the member sleeps. */
  isWaiting: boolean;
  partitions: readonly TopicPartition[];
}

/**
 * A consumer group: consumers with the same group name, which share the partitions of their topics.
 */
export interface ConsumerGroup {
  readonly members: Map<string, GroupMember>;
  /**
   * The committed offset of each partition. Without an entry, a fetch starts at the oldest message.
   */
  readonly committed: Map<string, PartitionOffset>;
  /** All topics that members have subscribed to. */
  readonly topics: Set<string>;
  /** Increases with each assignment. Members of an older generation must not commit. */
  generation: number;
  /**
   * Deadline of the running rebalance; undefined when no rebalance is running. A rebalance waits
   * until all members have joined again. The broker removes the members that have not joined by
   * this time.
   */
  rebalancingUntilMs: number | undefined;
}

/** Timeouts of a group, and the number of partitions of a topic. */
export interface GroupSettings {
  /** The broker removes a member that has sent no request for this time. */
  readonly sessionMs: number;
  readonly rebalanceMs: number;
  readonly partitions: number;
}

/** A group without members. */
export function emptyGroup(): ConsumerGroup {
  return {
    members: new Map(),
    committed: new Map(),
    topics: new Set(),
    generation: 0,
    rebalancingUntilMs: undefined,
  };
}

/**
 * Applies expired timeouts. The broker has no timers, so every request calls this function first.
 */
export function catchUp(group: ConsumerGroup, nowMs: number, settings: GroupSettings): void {
  for (const { memberId, seenAtMs } of [...group.members.values()]) {
    if (nowMs - seenAtMs >= settings.sessionMs) removeMember(group, memberId, nowMs, settings);
  }
  if (group.rebalancingUntilMs !== undefined && nowMs >= group.rebalancingUntilMs) {
    for (const { memberId, hasJoined } of [...group.members.values()]) {
      if (!hasJoined) group.members.delete(memberId);
    }
    assignWhenAllJoined(group, settings);
  }
}

/**
 * Adds a consumer to the group, or records that a member has joined again during a rebalance.
 * @returns the member's generation; undefined while other members have not joined yet
 */
export function joinGroup(
  group: ConsumerGroup,
  joining: Pick<GroupMember, "memberId" | "topics" | "wake">,
  nowMs: number,
  settings: GroupSettings,
): number | undefined {
  let member = group.members.get(joining.memberId);
  if (!member) {
    const fresh = { seenAtMs: nowMs, hasJoined: false, isWaiting: false, partitions: [] };
    member = { ...joining, ...fresh };
    group.members.set(joining.memberId, member);
    for (const topic of joining.topics) group.topics.add(topic);
    beginRebalance(group, nowMs, settings);
  }
  member.hasJoined = true;
  member.seenAtMs = nowMs;
  assignWhenAllJoined(group, settings);
  if (group.rebalancingUntilMs === undefined) return group.generation;
  member.partitions = [];
  member.isWaiting = true;
  return undefined;
}

/** Removes a member and starts a rebalance of its partitions. */
export function removeMember(
  group: ConsumerGroup,
  memberId: string,
  nowMs: number,
  settings: GroupSettings,
): boolean {
  if (!group.members.delete(memberId)) return false;
  beginRebalance(group, nowMs, settings);
  assignWhenAllJoined(group, settings);
  return true;
}

/**
 * Starts a rebalance in a new generation, so that the broker refuses commits of the current
 * members.
 */
export function fenceMembers(group: ConsumerGroup, nowMs: number, settings: GroupSettings): void {
  group.generation += 1;
  beginRebalance(group, nowMs, settings);
  assignWhenAllJoined(group, settings);
}

/**
 * Records a heartbeat.
 * @returns the member if it may still commit. During a rebalance, a member may still commit the
 *   messages that it is applying
 */
export function heardOf(
  group: ConsumerGroup,
  memberId: string,
  generation: number,
  nowMs: number,
): GroupMember | undefined {
  const member = group.members.get(memberId);
  if (member) member.seenAtMs = nowMs;
  return generation === group.generation ? member : undefined;
}

/** Wakes the idle members that own these partitions. */
export function wakeOwners(group: ConsumerGroup, names: ReadonlySet<string>): void {
  for (const member of group.members.values()) {
    if (member.partitions.some((partition) => names.has(nameOf(partition)))) wakeMember(member);
  }
}

function wakeMember(member: GroupMember): void {
  if (!member.isWaiting) return;
  member.isWaiting = false;
  member.wake();
}

/** Starts a rebalance. */
function beginRebalance(group: ConsumerGroup, nowMs: number, { rebalanceMs }: GroupSettings): void {
  if (group.rebalancingUntilMs !== undefined) return;
  group.rebalancingUntilMs = nowMs + rebalanceMs;
  for (const member of group.members.values()) {
    member.hasJoined = false;
    wakeMember(member);
  }
}

function assignWhenAllJoined(group: ConsumerGroup, { partitions }: GroupSettings): void {
  const members = [...group.members.values()];
  if (group.rebalancingUntilMs === undefined || !members.every((member) => member.hasJoined))
    return;
  group.rebalancingUntilMs = undefined;
  if (members.length === 0) return;
  group.generation += 1;
  const shares = assignPartitions(members, partitions);
  for (const member of members) {
    member.partitions = shares.get(member.memberId) ?? [];
    wakeMember(member);
  }
}
