import type { ConsumerSubscription } from "../../../ports/consumer.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { ServerLink } from "../serverLink.ts";
import type { MemoryBroker } from "./memoryBroker.ts";
import type { PartitionBatch, PartitionOffset } from "./topicPartition.ts";

/** The requests of one consumer to its group. Each request is one round trip. */
export interface GroupLink {
  /** False before the first join, and when the consumer must join again. */
  readonly isMember: boolean;
  /** Sends a join request. The consumer is not a member until the running rebalance ends. */
  join(): Promise<void>;
  /**
   * Fetches messages. Returns an empty list when there are none or the consumer is no longer a
   * member.
   */
  fetch(): Promise<readonly PartitionBatch[]>;
  /** Sends a heartbeat, unless the consumer has sent a request recently. */
  beat(): Promise<void>;
  /** Commits the offset: all messages below it were applied. The broker refuses a former member. */
  commit(next: PartitionOffset): Promise<void>;
  /** Leaves the group. Sends no request when the consumer has no member id. */
  leave(): Promise<void>;
}

export interface GroupLinkOptions {
  readonly broker: MemoryBroker;
  readonly link: ServerLink;
  readonly clock: Clock;
  readonly heartbeatMs: number;
}

/**
 * Creates the link of a consumer that has not joined yet. A request rejects with
 * ConnectionLostError when its call is lost. The consumer must then join again, and continues from
 * the group's last committed offset.
 * @param wake the broker calls it when the consumer should send a request before its next heartbeat
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
