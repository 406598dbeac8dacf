import type {
  ConsumerSubscription,
  CoreContext,
  PublishedMessage,
  ReceivedMessage,
  RunningConsumer,
} from "@onsale/core";
import { expect } from "chai";
import type { AdapterSet } from "./adapterSet.ts";
import { groupHandlerCases } from "./groupHandlerCases.ts";
import { mailbox } from "./mailbox.ts";
import { useOpened } from "./useOpened.ts";

/** Message sizes: just below Kafka's default limit of 1 MiB, and far above it. */
const LARGE_BYTES = 1_048_000;
const POISON_BYTES = 3_000_000;
/** Time limit of a stop. Within it a fetch ends and the consumer leaves, even on a busy machine. */
const STOP_MS_MAX = 2_000;
/** Duration of the handler while a consumer is stopped; the stop must wait for the handler. */
const WORK_MS = 100;
const HOUR_MS = 3_600_000;
/** Enough keys that both consumers get messages: the topic has six partitions. */
const KEYS = Array.from({ length: 24 }, (_unused, index) => `key-${index}`);

/** The cases that every broker must pass. */
export function brokerCases(set: AdapterSet): void {
  describe(`broker, ${set.name}`, () => {
    const opened = useOpened(set);
    let core: CoreContext;
    let topic: string;
    let caseCount = 0;
    const running: RunningConsumer[] = [];
    beforeEach("takes a topic of its own", () => {
      core = opened().core;
      caseCount += 1;
      topic = `${core.config.outbox.topicPrefix}case-${caseCount}`;
    });
    afterEach("stops the consumers", async () => {
      await Promise.all(running.splice(0).map((consumer) => consumer.stop()));
    });

    const message = (key: string, value: string): PublishedMessage => ({
      messageId: core.ids.uuid(),
      topic,
      key,
      value,
      headers: {},
    });
    async function publish(...messages: readonly PublishedMessage[]): Promise<void> {
      expect(await core.publisher.publish(messages)).to.deep.equal([]);
    }
    async function consume(
      handle: ConsumerSubscription["handle"],
      { by = core, consumer = `case-${caseCount}`, topics = [topic] } = {},
    ): Promise<RunningConsumer> {
      const started = await by.consumers.run({ consumer, topics, handle });
      running.push(started);
      return started;
    }

    describe("for one consumer", () => {
      it("delivers messages of a key in order, published before or after the start", async () => {
        const all = Array.from({ length: 300 }, (_unused, index) =>
          message(`key-${index % 7}`, `${index % 7}:${index}`),
        );
        await publish(...all.slice(0, 100));
        await publish(...all.slice(100, 200));
        const box = mailbox();
        await consume(box.take);
        await box.count(200);
        await publish(...all.slice(200));
        await box.count(300);
        for (let key = 0; key < 7; key += 1) {
          const ofKey = (list: readonly string[]) => list.filter((v) => v.startsWith(`${key}:`));
          expect(ofKey(box.values)).to.deep.equal(ofKey(all.map(({ value }) => value)));
        }
      });

      it("delivers a message with key, headers and offset, twice when sent twice", async () => {
        const headers = { "message-id": "m-1", type: "t" };
        const sent = { ...message("키", "표 ✓"), headers };
        await publish(sent);
        await publish(sent);
        const box = mailbox();
        await consume(box.take);
        await box.count(2);
        const [first, second] = box.messages;
        const expected = { topic, key: "키", value: "표 ✓", headers, messageId: "m-1" };
        expect(first).to.deep.equal({ ...expected, partition: first?.partition, offset: "0" });
        expect(second).to.deep.equal({ ...first, offset: "1" });
      });

      it("delivers from a topic that did not exist when the consumer started", async () => {
        const other = `${topic}.beside`;
        const box = mailbox();
        await consume(box.take, { topics: [topic, other] });
        await publish(message("k", "one"));
        await publish({ ...message("k", "two"), topic: other });
        await box.count(2);
        const seen = box.messages.map((received) => [received.topic, received.value]);
        expect(seen).to.have.deep.members([
          [topic, "one"],
          [other, "two"],
        ]);
      });
    });

    describe("publish", () => {
      it("refuses a too large message and later ones of its key, and sends the rest", async () => {
        const poison = message("p", "x".repeat(POISON_BYTES));
        const behind = message("p", "behind");
        const batch = [message("a", "a1"), poison, behind, message("b", "b1")];
        const failures = await core.publisher.publish(batch);
        expect(failures.map(({ messageId, reason }) => [messageId, reason])).to.deep.equal([
          [poison.messageId, "refused"],
          [behind.messageId, "blocked"],
        ]);
        for (const value of ["a2", "a3", "a4"]) await publish(message("a", value));
        const box = mailbox();
        await consume(box.take);
        await box.count(5);
        const ofA = box.values.filter((value) => value.startsWith("a"));
        expect(ofA).to.deep.equal(["a1", "a2", "a3", "a4"]);
        expect(box.values.filter((value) => !value.startsWith("a"))).to.deep.equal(["b1"]);
      });

      it("accepts a message below the limit, even after a refused one of its key", async () => {
        const poison = message("k", "x".repeat(POISON_BYTES));
        expect(await core.publisher.publish([poison])).to.have.length(1);
        const large = "x".repeat(LARGE_BYTES);
        await publish(message("k", large), message("k", "small"));
        const box = mailbox();
        await consume(box.take);
        await box.count(2);
        expect(box.values.map((value) => value.length)).to.deep.equal([LARGE_BYTES, 5]);
      });

      it("accepts an empty list of messages", () => publish());
    });

    describe("after the handler of a consumer rejects", () => {
      it("passes a failed message to the handler again, before any later message", async () => {
        await publish(message("k", "one"), message("k", "two"));
        const tries: string[] = [];
        const box = mailbox();
        await consume(async (received) => {
          tries.push(received.value);
          if (tries.length <= 3) throw new Error("not yet");
          await box.take(received);
        });
        await box.count(2);
        expect(tries).to.deep.equal(["one", "one", "one", "one", "two"]);
      });

      it("passes a failed message, but no applied message, to the next consumer", async () => {
        await publish(...["one", "two", "three"].map((value) => message("k", value)));
        const tried = Promise.withResolvers<void>();
        const first = await consume(async ({ value }) => {
          if (value === "one") return;
          tried.resolve();
          throw new Error("never");
        });
        await tried.promise;
        await first.stop();
        const box = mailbox();
        await consume(box.take);
        await box.count(2);
        expect(box.values).to.deep.equal(["two", "three"]);
      });
    });

    describe("for consumer groups", () => {
      it("shares partitions among consumers, and moves them when one stops", async () => {
        const box = mailbox();
        const takers = new Map<string, Set<string>>();
        const takeAs = (name: string) => async (received: ReceivedMessage) => {
          takers.set(received.value, (takers.get(received.value) ?? new Set()).add(name));
          await box.take(received);
        };
        const takersOf = (values: readonly string[]) =>
          new Set(values.flatMap((value) => [...(takers.get(value) ?? [])]));
        async function sendRound(round: string): Promise<readonly string[]> {
          const sent = KEYS.map((key) => message(key, `${round} ${key}`));
          await publish(...sent);
          const values = sent.map(({ value }) => value);
          await box.until(() => values.every((value) => takers.has(value)));
          return values;
        }

        const first = await consume(takeAs("first"));
        expect(takersOf(await sendRound("alone"))).to.deep.equal(new Set(["first"]));
        await consume(takeAs("second"), { by: await opened().another() });
        // Before the second consumer has joined the group, the first one gets every message.
        let shared: readonly string[] = [];
        for (let round = 0; takersOf(shared).size < 2; round += 1) {
          shared = await sendRound(`together ${round}`);
        }
        await first.stop();
        expect(takersOf(await sendRound("left"))).to.deep.equal(new Set(["second"]));
      });

      it("returns a lag: the stored messages that a group has not committed", async () => {
        const consumer = `case-${caseCount}`;
        const lagOf = async (): Promise<number> => {
          const { partitions, missingTopics } = await core.consumerLag.read(consumer, [topic], 0);
          expect(missingTopics).to.deep.equal([]);
          return partitions.reduce((sum, { lag }) => sum + lag, 0);
        };
        await publish(...["a", "b", "c"].map((key) => message(key, key)));
        expect(await lagOf(), "before the first commit").to.equal(3);
        const box = mailbox();
        const reading = await consume(box.take);
        await box.count(3);
        await reading.stop();
        expect(await lagOf(), "after the stop").to.equal(0);
        await publish(message("a", "a2"), message("b", "b2"));
        expect(await lagOf()).to.equal(2);
      });

      it("have an old lag of the unread messages that are old enough", async () => {
        const consumer = `case-${caseCount}`;
        const oldLagOf = async (oldAfterMs: number): Promise<number> => {
          const { partitions } = await core.consumerLag.read(consumer, [topic], oldAfterMs);
          return partitions.reduce((sum, { oldLag }) => sum + oldLag, 0);
        };
        await publish(...["a", "b", "c"].map((key) => message(key, key)));
        expect(await oldLagOf(HOUR_MS), "all are younger").to.equal(0);
        expect(await oldLagOf(0)).to.equal(3);
        const box = mailbox();
        const reading = await consume(box.take);
        await box.count(3);
        await reading.stop();
        expect(await oldLagOf(0), "all were read").to.equal(0);
        await publish(message("a", "a2"));
        expect(await oldLagOf(0)).to.equal(1);
      });

      it("delivers every message to each group", async () => {
        await publish(message("a", "a1"), message("b", "b1"));
        const boxes = [mailbox(), mailbox()];
        for (const [index, box] of boxes.entries()) {
          await consume(box.take, { consumer: `case-${caseCount}-${index}` });
        }
        await publish(message("a", "a2"));
        for (const box of boxes) {
          await box.count(3);
          expect(box.values).to.have.members(["a1", "b1", "a2"]);
          expect(box.values.filter((value) => value.startsWith("a"))).to.deep.equal(["a1", "a2"]);
        }
      });
    });

    describe("when a consumer is stopped", () => {
      it("stops an idle consumer quickly, and accepts a second stop", async () => {
        await publish(message("k", "one"));
        const [stopped, next] = [mailbox(), mailbox()];
        const consumer = await consume(stopped.take);
        await stopped.count(1);
        const startedMs = core.clock.monotonicMs();
        await Promise.all([consumer.stop(), consumer.stop()]);
        await consumer.stop();
        expect(core.clock.monotonicMs() - startedMs).to.be.below(STOP_MS_MAX);
        await publish(message("k", "two"));
        await consume(next.take);
        await next.count(1);
        expect(next.values).to.deep.equal(["two"]);
        expect(stopped.values).to.deep.equal(["one"]);
      });

      it("stops a consumer quickly before its first message", async () => {
        const box = mailbox();
        const consumer = await consume(box.take);
        const startedMs = core.clock.monotonicMs();
        await consumer.stop();
        expect(core.clock.monotonicMs() - startedMs).to.be.below(STOP_MS_MAX);
        expect(box.messages).to.deep.equal([]);
      });

      it("stops a consumer after the message that it is applying, and no later", async () => {
        await publish(...["one", "two", "three"].map((value) => message("k", value)));
        const begun = mailbox();
        const done: string[] = [];
        const consumer = await consume(async (received) => {
          await begun.take(received);
          await core.clock.sleep(WORK_MS);
          done.push(received.value);
        });
        await begun.count(1);
        await consumer.stop();
        expect(begun.values).to.deep.equal(["one"]);
        expect(done).to.deep.equal(["one"]);
        const next = mailbox();
        await consume(next.take);
        await next.count(2);
        expect(next.values).to.deep.equal(["two", "three"]);
      });
    });
    groupHandlerCases(opened);
  });
}
