import type { ConsumerSubscription } from "../../../ports/consumer.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { ServerLink } from "../serverLink.ts";
import type { MemoryBroker } from "./memoryBroker.ts";
import type { PartitionBatch, PartitionOffset } from "./topicPartition.ts";

/** The requests of one consumer to its group; each is one round trip. */
export interface GroupLink {
  /** False before the first join, and when the broker or a lost call requires another join. */
  readonly isMember: boolean;
  /** Joins the group; not a member yet while a rebalance is running. */
  join(): Promise<void>;
  /** Empty when no message waits, or when the consumer is no longer a member. */
  fetch(): Promise<readonly PartitionBatch[]>;
  /** Sends a heartbeat unless the last request is recent. */
  beat(): Promise<void>;
  /** Commits that all messages below the offset were applied; refused after a lost membership. */
  commit(next: PartitionOffset): Promise<void>;
  /** Leaves the group; no request when the consumer never got a member id. */
  leave(): Promise<void>;
}

export interface GroupLinkOptions {
  readonly broker: MemoryBroker;
  readonly link: ServerLink;
  readonly clock: Clock;
  readonly heartbeatMs: number;
}

/**
 * Creates the link of a consumer that has not joined yet. All requests reject with
 * ConnectionLostError when a call is lost; after the next join the consumer continues from the
 * group's last commit.
 * @param wake called when another request should be sent before the next heartbeat
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
