import {
  createMemoryBroker,
  type MemoryBroker,
  type MemoryBrokerOptions,
} from "../../../src/adapters/memory/broker/memoryBroker.ts";
import { memoryConsumers } from "../../../src/adapters/memory/broker/memoryConsumers.ts";
import type { ServerLink } from "../../../src/adapters/memory/serverLink.ts";
import type { ConsumerSubscription, RunningConsumer } from "../../../src/ports/consumer.ts";
import { type BreakableLink, breakableLink } from "../../support/breakableLink.ts";
import { type FakeClock, fakeClock, settlePromises } from "../../support/fakeClock.ts";
import { publishedMessage } from "../../support/outboxMessages.ts";
import { recordingLog } from "../../support/recorders.ts";

export const TOPIC = "orders";
export const SESSION_MS = 10_000;
export const HEARTBEAT_MS = 2_000;
export const RESTART_MS = 1_000;
/** All tested pauses are multiples of this time. */
export const STEP_MS = 100;
/** Number of turns: more than the promises of a fetch, a message and a commit need to settle. */
const SETTLING_TURNS = 10;

export interface BrokerRig {
  readonly clock: FakeClock;
  readonly broker: MemoryBroker;
  readonly link: BreakableLink;
  readonly log: ReturnType<typeof recordingLog>;
  /** A consumer "notifier" of the topic, in a process whose link is this one or another. */
  run(handle: ConsumerSubscription["handle"], over?: ServerLink): Promise<RunningConsumer>;
  /** Waits until all promises that need no time have settled. */
  settled(): Promise<void>;
  /** Passes time in steps. All work that is due at a step ends before the next step. */
  pass(ms: number): Promise<void>;
  /** Messages of one key, beside the link; the values are their names. */
  publish(...values: readonly string[]): void;
  /** The number of calls of this kind on the link. */
  calls(point: string): number;
  /** The number of members that the notifier's group has now. */
  members(): number;
}

/** An in-memory broker and a process; the test controls their time and link. */
export function brokerRig(options: Partial<MemoryBrokerOptions> = {}): BrokerRig {
  const clock = fakeClock();
  const broker = createMemoryBroker({ clock, ...options });
  const link = breakableLink();
  const log = recordingLog();

  async function settled(): Promise<void> {
    for (let turn = 0; turn < SETTLING_TURNS; turn += 1) await settlePromises();
  }

  return {
    clock,
    broker,
    link,
    log,
    run(handle, over = link) {
      const consumers = memoryConsumers(broker, { link: over, clock, log });
      return consumers.run({ consumer: "notifier", topics: [TOPIC], handle });
    },
    settled,
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        await settled();
        await clock.advance(STEP_MS);
      }
      await settled();
    },
    publish(...values) {
      broker.publish(values.map((value) => ({ ...publishedMessage(value, "k"), value })));
    },
    calls: (point) => link.points.filter((called) => called === `kafka broker.${point}`).length,
    members: () => broker.groupOf("notifier").members.length,
  };
}
