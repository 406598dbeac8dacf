import { assignPartitions } from "./assignPartitions.ts";
import { nameOf, type PartitionOffset, type TopicPartition } from "./topicPartition.ts";

/** A consumer in its group, as the broker knows it. */
interface GroupMember {
  readonly memberId: string;
  readonly topics: readonly string[];
  /** Tells the consumer that asking again is worth it now. */
  readonly wake: () => void;
  /** On the broker's monotonic clock. */
  seenAtMs: number;
  /** It has given up its old partitions and waits for new ones. */
  hasJoined: boolean;
  /** It got nothing when it last asked, and sleeps. */
  isWaiting: boolean;
  partitions: readonly TopicPartition[];
}

/** The consumers of one name, who share the partitions of their topics. */
export interface ConsumerGroup {
  readonly members: Map<string, GroupMember>;
  /** By partition; none yet means from the oldest kept. */
  readonly committed: Map<string, PartitionOffset>;
  /** All that its members ever wanted. */
  readonly topics: Set<string>;
  /** Grows whenever the partitions are given out: an older one's members may commit no more. */
  generation: number;
  /**
   * Set while the partitions are being given out anew, which waits for all members to have finished
   * what they do: who has not joined by then is left out.
   */
  gatheringUntilMs: number | undefined;
}

/** How patient a group is with its members, and how many partitions a topic has. */
export interface GroupSettings {
  /** Who is silent for so long is gone. */
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
    gatheringUntilMs: undefined,
  };
}

/**
 * Does what time has brought about: there are no timers, so every request to the group begins with
 * this.
 */
export function catchUp(group: ConsumerGroup, nowMs: number, settings: GroupSettings): void {
  for (const { memberId, seenAtMs } of [...group.members.values()]) {
    if (nowMs - seenAtMs >= settings.sessionMs) removeMember(group, memberId, nowMs, settings);
  }
  if (group.gatheringUntilMs !== undefined && nowMs >= group.gatheringUntilMs) {
    for (const { memberId, hasJoined } of [...group.members.values()]) {
      if (!hasJoined) group.members.delete(memberId);
    }
    giveOutWhenGathered(group, settings);
  }
}

/**
 * A consumer comes in, comes back, or asks again whether the partitions are given out.
 * @returns the generation that it belongs to; undefined while the others are waited for
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
    gather(group, nowMs, settings);
  }
  member.hasJoined = true;
  member.seenAtMs = nowMs;
  giveOutWhenGathered(group, settings);
  if (group.gatheringUntilMs === undefined) return group.generation;
  member.partitions = [];
  member.isWaiting = true;
  return undefined;
}

/** Takes a member out, and gives its partitions to the others. */
export function removeMember(
  group: ConsumerGroup,
  memberId: string,
  nowMs: number,
  settings: GroupSettings,
): boolean {
  if (!group.members.delete(memberId)) return false;
  gather(group, nowMs, settings);
  giveOutWhenGathered(group, settings);
  return true;
}

/** Makes every member let go of its partitions and refuses what it would still commit. */
export function fenceMembers(group: ConsumerGroup, nowMs: number, settings: GroupSettings): void {
  group.generation += 1;
  gather(group, nowMs, settings);
  giveOutWhenGathered(group, settings);
}

/**
 * A sign of life.
 * @returns the member if it may still commit: while others gather, it finishes what it began
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

/** Wakes those who sleep and own one of the partitions. */
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

/** Begins to give the partitions out anew. */
function gather(group: ConsumerGroup, nowMs: number, { rebalanceMs }: GroupSettings): void {
  if (group.gatheringUntilMs !== undefined) return;
  group.gatheringUntilMs = nowMs + rebalanceMs;
  for (const member of group.members.values()) {
    member.hasJoined = false;
    wakeMember(member);
  }
}

function giveOutWhenGathered(group: ConsumerGroup, { partitions }: GroupSettings): void {
  const members = [...group.members.values()];
  if (group.gatheringUntilMs === undefined || !members.every((member) => member.hasJoined)) return;
  group.gatheringUntilMs = undefined;
  if (members.length === 0) return;
  group.generation += 1;
  const shares = assignPartitions(members, partitions);
  for (const member of members) {
    member.partitions = shares.get(member.memberId) ?? [];
    wakeMember(member);
  }
}
