import type { ConsumerSubscription } from "../../../ports/consumer.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { ServerLink } from "../serverLink.ts";
import type { MemoryBroker } from "./memoryBroker.ts";
import type { PartitionBatch, PartitionOffset } from "./topicPartition.ts";

/** One consumer's dealings with its group; each is a round trip. */
export interface GroupLink {
  /** False until it joined, and again once the broker or a lost call made it join anew. */
  readonly isMember: boolean;
  /** Finds out whether the partitions are given out. */
  join(): Promise<void>;
  /** Empty when there is nothing, or when it is no longer a member. */
  fetch(): Promise<readonly PartitionBatch[]>;
  /** A sign of life, if the last one is a while ago. */
  beat(): Promise<void>;
  /** Says that everything below the offset was applied; only a member's word counts. */
  commit(next: PartitionOffset): Promise<void>;
  /** Nothing when it never had a name to leave under. */
  leave(): Promise<void>;
}

export interface GroupLinkOptions {
  readonly broker: MemoryBroker;
  readonly link: ServerLink;
  readonly clock: Clock;
  readonly heartbeatMs: number;
}

/**
 * A consumer that has not joined yet. All but `leave` reject with ConnectionLostError when a call
 * gets lost: what was under way is then given up, and the group's last commit is where it goes on.
 * @param wake called when asking again is worth it before the next heartbeat
 */
export function groupLink(
  { broker, link, clock, heartbeatMs }: GroupLinkOptions,
  { consumer, topics }: ConsumerSubscription,
  wake: () => void,
): GroupLink {
  let memberId: string | undefined;
  let generation = 0;
  let isMember = false;
  let calledAtMs = 0;

  async function call<T>(point: string, work: () => T): Promise<T> {
    calledAtMs = clock.monotonicMs();
    try {
      return await link.call("kafka", `broker.${point}`, work);
    } catch (error) {
      isMember = false;
      throw error;
    }
  }
  const self = () => ({ consumer, memberId: memberId ?? "" });

  return {
    get isMember() {
      return isMember;
    },
    async join() {
      memberId ??= await call("memberId", () => broker.newMemberId());
      const joined = await call("join", () => broker.join(self(), topics, wake));
      isMember = joined !== undefined;
      generation = joined ?? 0;
    },
    async fetch() {
      const batches = await call("fetch", () => broker.fetch(self(), generation));
      isMember = batches !== undefined;
      return batches ?? [];
    },
    async beat() {
      if (clock.monotonicMs() - calledAtMs < heartbeatMs) return;
      isMember = await call("heartbeat", () => broker.heartbeat(self(), generation));
    },
    async commit(next) {
      const accepted = await call("commit", () => broker.commit(self(), generation, next));
      isMember &&= accepted;
    },
    async leave() {
      if (memberId === undefined) return;
      await call("leave", () => broker.leave(self()));
    },
  };
}
