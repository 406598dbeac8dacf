import type { CoreContext, PublishedMessage } from "@onsale/core";
import { below, between, chance, type RandomStreams } from "../chance/seededRandom.ts";
import type { Owner, Scheduler } from "../virtual/scheduler.ts";
import type { Trace } from "../virtual/trace.ts";

/*
 * The way of a message between two services
 *
 * The network keeps what it has accepted, as a broker does, and delivers each message until a
 * process of the receiver has applied it. The seed decides for each message and each attempt:
 *
 * - duplicated: the message arrives up to three times, each copy at its own time;
 * - delayed: a copy takes up to 4 s, so that later messages overtake it, also those of the same
 *   aggregate, which Kafka would keep in order;
 * - lost: an attempt does not arrive and is repeated later;
 * - failed: the receiver refuses the message or dies, and gets it again later.
 */

/** How bad the network is. */
export interface NetworkFaults {
  readonly duplicateShare: number;
  readonly lossShare: number;
  /** The share of copies that take long. */
  readonly delayShare: number;
}

export const CALM_NETWORK: NetworkFaults = { duplicateShare: 0, lossShare: 0, delayShare: 0 };
export const ROUGH_NETWORK: NetworkFaults = {
  duplicateShare: 0.2,
  lossShare: 0.1,
  delayShare: 0.2,
};

/** A broker on the same network: one produce and one fetch. */
const HOP_MS_MIN = 1;
const HOP_MS_MAX = 5;
const DELAY_MS_MAX = 4_000;
const COPIES_MAX = 3;
/** Pause before the next attempt to deliver. */
const AGAIN_MS_MIN = 100;
const AGAIN_MS_MAX = 1_500;

/** @param attempt counts from 1 @returns true when a process has applied the message */
export type Deliver = (
  message: PublishedMessage,
  copy: string,
  attempt: number,
) => Promise<boolean>;

export interface MessageNetwork {
  /** Takes a message that a relay has published. */
  accept(message: PublishedMessage): void;
  /** From now on, each message arrives once and soon. */
  becomeCalm(): void;
  /** The number of copies that have not been applied. */
  readonly underWay: number;
  /** How often the network delivered a message successfully, with all copies. */
  readonly delivered: number;
}

export interface NetworkParts {
  readonly scheduler: Scheduler;
  readonly owner: Owner;
  readonly streams: RandomStreams;
  readonly trace: Trace;
  readonly faults: NetworkFaults;
  /** Returns the receiver of a message; undefined when no service reads its topic. */
  readonly receiverOf: (message: PublishedMessage) => Deliver | undefined;
}

/** Creates a network that follows the seed. */
export function messageNetwork(parts: NetworkParts): MessageNetwork {
  const { scheduler, owner, streams, trace, receiverOf } = parts;
  let { faults } = parts;
  let [underWay, delivered] = [0, 0];
  const acceptedOf = new Map<string, number>();

  function note(copy: string, text: string): void {
    if (!trace.isKept) return;
    trace.add({ atMs: scheduler.elapsedMs, actor: copy, kind: "note", text });
  }

  async function deliver(message: PublishedMessage, copy: string, to: Deliver): Promise<void> {
    underWay += 1;
    const random = streams(copy);
    const isSlow = chance(random, faults.delayShare);
    await scheduler.sleep(owner, between(random, HOP_MS_MIN, isSlow ? DELAY_MS_MAX : HOP_MS_MAX));
    for (let attempt = 1; ; attempt += 1) {
      const isLost = chance(random, faults.lossShare);
      note(copy, isLost ? "lost" : "arrives");
      if (!isLost && (await to(message, copy, attempt))) break;
      await scheduler.sleep(owner, between(random, AGAIN_MS_MIN, AGAIN_MS_MAX));
    }
    underWay -= 1;
    delivered += 1;
  }

  return {
    accept(message) {
      const to = receiverOf(message);
      if (!to) return;
      // A relay that dies between publishing and marking publishes the message again.
      const accepted = (acceptedOf.get(message.messageId) ?? 0) + 1;
      acceptedOf.set(message.messageId, accepted);
      const version = message.headers["aggregate-version"];
      const name = `${message.topic}/${message.key}v${version}.${accepted}`;
      const random = streams(`copies of ${name}`);
      const isDuplicated = chance(random, faults.duplicateShare);
      const copies = isDuplicated ? 2 + below(random, COPIES_MAX - 1) : 1;
      for (let copy = 1; copy <= copies; copy += 1) {
        void deliver(message, `message ${name}.${copy}`, to);
      }
    },
    becomeCalm() {
      faults = CALM_NETWORK;
    },
    get underWay() {
      return underWay;
    },
    get delivered() {
      return delivered;
    },
  };
}

/** A publisher that sends to the network. A call may have a fault, like every other call. */
export function networkPublisher(
  network: MessageNetwork,
  call: (work: () => void) => Promise<void>,
): CoreContext["publisher"] {
  return {
    async publish(messages) {
      await call(() => {
        for (const message of messages) network.accept(message);
      });
      return [];
    },
  };
}
