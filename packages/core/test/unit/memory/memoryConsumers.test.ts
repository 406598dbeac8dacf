import { mailbox } from "@onsale/conformance/mailbox";
import { expect } from "chai";
import { memoryConsumers } from "../../../src/adapters/memory/broker/memoryConsumers.ts";
import { directLink, type ServerLink } from "../../../src/adapters/memory/serverLink.ts";
import { publishedMessage } from "../../support/outboxMessages.ts";
import {
  type BrokerRig,
  brokerRig,
  HEARTBEAT_MS,
  SESSION_MS,
  STEP_MS,
  TOPIC,
} from "./brokerRig.ts";

describe("consumers of the in-memory broker", () => {
  let rig: BrokerRig;
  beforeEach(() => {
    rig = brokerRig();
  });

  it("make one call and one sleep for each heartbeat while no messages arrive", async () => {
    await rig.run(mailbox().take);
    await rig.pass(30 * HEARTBEAT_MS);
    expect(rig.link.points.slice(0, 2)).to.deep.equal([
      "kafka broker.memberId",
      "kafka broker.join",
    ]);
    expect(rig.link.points.slice(2)).to.deep.equal(Array(31).fill("kafka broker.fetch"));
    expect(rig.clock.sleeping()).to.equal(1);
  });

  it("wake up for a message that arrives during a sleep, and commit it once", async () => {
    const box = mailbox();
    await rig.run(box.take);
    await rig.pass(HEARTBEAT_MS / 2);
    const before = rig.link.points.length;
    rig.publish("one", "two");
    await rig.settled();
    expect(box.values).to.deep.equal(["one", "two"]);
    expect(rig.link.points.slice(before)).to.deep.equal([
      "kafka broker.fetch",
      "kafka broker.commit",
      "kafka broker.fetch",
    ]);
    expect(rig.broker.groupOf("notifier").lag).to.equal(0);
  });

  it("handle a message that arrives while an empty answer is on its way", async () => {
    const box = mailbox();
    let late: (() => void) | undefined;
    const slow: ServerLink = {
      async call(server, point, work) {
        const answer = await directLink.call(server, point, work);
        if (point === "broker.fetch" && late === undefined) {
          const { promise, resolve } = Promise.withResolvers<void>();
          late = resolve;
          await promise;
        }
        return answer;
      },
    };
    await rig.run(box.take, slow);
    await rig.settled();
    rig.publish("one");
    late?.();
    await rig.settled();
    expect(box.values).to.deep.equal(["one"]);
  });

  describe("in a process that dies", () => {
    /** Calls of a dead process are never answered. */
    function mortalLink(): ServerLink & { dead: boolean } {
      const mortal: ServerLink & { dead: boolean } = {
        dead: false,
        async call(server, point, work) {
          if (mortal.dead) await new Promise(() => {});
          return directLink.call(server, point, work);
        },
      };
      return mortal;
    }

    it("lose their partitions to another process when their session expires", async () => {
      rig.publish("one", "two");
      const mortal = mortalLink();
      const [dead, heir] = [mailbox(), mailbox()];
      await rig.run(async (message) => {
        await dead.take(message);
        mortal.dead = true;
      }, mortal);
      await dead.count(2);
      await rig.run(heir.take);
      await rig.pass(SESSION_MS - STEP_MS);
      expect(heir.values, "the dead one may still commit").to.deep.equal([]);
      await rig.pass(STEP_MS + HEARTBEAT_MS);
      expect(heir.values).to.deep.equal(["one", "two"]);
      expect(rig.members()).to.equal(1);
    });
  });

  it("cannot commit a message whose handler ran longer than a session", async () => {
    rig.publish("one");
    const slow = Promise.withResolvers<void>();
    const [late, heir] = [mailbox(), mailbox()];
    await rig.run(async (message) => {
      await late.take(message);
      if (late.values.length === 1) await slow.promise;
    });
    await late.count(1);
    await rig.run(heir.take);
    await rig.pass(SESSION_MS + HEARTBEAT_MS);
    expect(heir.values).to.deep.equal(["one"]);
    rig.publish("two");
    await rig.settled();
    expect(heir.values).to.deep.equal(["one", "two"]);
    slow.resolve();
    await rig.pass(HEARTBEAT_MS);
    expect(rig.members(), "it joined anew").to.equal(2);
    rig.publish("three");
    await rig.pass(HEARTBEAT_MS);
    const since = [...late.values.slice(1), ...heir.values.slice(2)];
    expect(since, "neither comes again").to.deep.equal(["three"]);
  });

  it("do not repeat a message that the earlier consumer is still applying", async () => {
    rig.publish("one", "two");
    const working = Promise.withResolvers<void>();
    const [earlier, later] = [mailbox(), mailbox()];
    const generations: number[] = [];
    await rig.run(async (message) => {
      generations.push(rig.broker.groupOf("notifier").generation);
      await earlier.take(message);
      if (message.value === "one") await working.promise;
    });
    await earlier.count(1);
    await rig.run(later.take);
    await rig.pass(HEARTBEAT_MS);
    expect([earlier.values, later.values]).to.deep.equal([["one"], []]);
    working.resolve();
    await rig.pass(HEARTBEAT_MS);
    expect([...earlier.values, ...later.values]).to.deep.equal(["one", "two"]);
    expect(generations.slice(1), "it let go before it went on").not.to.include(1);
    expect(rig.members()).to.equal(2);
  });

  it("receive messages again after a rewind, and once without a rewind", async () => {
    rig.publish("one", "two", "three");
    const box = mailbox();
    await rig.run(box.take);
    await box.count(3);
    await rig.settled();
    rig.broker.rewind("notifier", 2);
    await rig.settled();
    expect(box.values).to.deep.equal(["one", "two", "three", "two", "three"]);
  });

  it("join again after the broker has removed them", async () => {
    const box = mailbox();
    await rig.run(box.take);
    await rig.settled();
    const [member] = rig.broker.groupOf("notifier").members;
    expect(rig.broker.expel(member?.memberId ?? "")).to.equal(true);
    rig.publish("one");
    await rig.pass(HEARTBEAT_MS);
    expect(box.values).to.deep.equal(["one"]);
  });

  it("drop all fetched messages when a commit is refused", async () => {
    const keys = Array.from({ length: 12 }, (_unused, index) => `key-${index}`);
    rig.broker.publish(keys.map((key) => publishedMessage(key, key)));
    const generations = new Map<string, number[]>();
    await rig.run(async ({ key }) => {
      const group = rig.broker.groupOf("notifier");
      if (generations.size === 0) rig.broker.expel(group.members[0]?.memberId ?? "");
      generations.set(key, [...(generations.get(key) ?? []), group.generation]);
    });
    await rig.settled();
    const seen = [...generations.values()];
    const again = seen.filter(([first]) => first === 1);
    expect(again, "those of the first partition").to.have.length.within(1, keys.length - 1);
    for (const each of again) expect(each).to.deep.equal([1, 2]);
    expect(seen.flat().filter((generation) => generation === 2)).to.have.length(keys.length);
  });

  describe("with a message that fails", () => {
    it("retry after pauses that double up to five seconds, with heartbeats", async () => {
      rig.publish("one", "two");
      const triedAtMs: number[] = [];
      const startedMs = rig.clock.nowMs();
      await rig.run(async () => {
        triedAtMs.push(rig.clock.nowMs() - startedMs);
        if (triedAtMs.length < 9) throw new Error("not yet");
      });
      await rig.pass(30_000);
      const pauses = triedAtMs.slice(1, 9).map((at, index) => at - (triedAtMs[index] ?? 0));
      expect(pauses).to.deep.equal([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
      expect(triedAtMs).to.have.length(10);
      expect(rig.calls("join"), "it kept its place all the time").to.equal(1);
      expect(rig.calls("heartbeat")).to.equal(4);
    });

    it("leave the message to others when the partition is lost meanwhile", async () => {
      rig.publish("one");
      let tries = 0;
      await rig.run(async () => {
        tries += 1;
        if (tries === 6) rig.broker.rewind("notifier", 0);
        if (tries < 8) throw new Error("not yet");
      });
      await rig.pass(6_300);
      expect(rig.calls("join"), "the heartbeat after the pause said so").to.equal(2);
      expect(rig.calls("commit")).to.equal(0);
      await rig.pass(HEARTBEAT_MS);
      expect(rig.broker.groupOf("notifier").lag).to.equal(0);
    });

    it("can be stopped although the message still fails", async () => {
      rig.publish("zero", "one");
      const tried = mailbox();
      const consumer = await rig.run(async (message) => {
        await tried.take(message);
        if (message.value === "one") throw new Error("never");
      });
      await tried.count(2);
      await rig.settled();
      await Promise.all([consumer.stop(), consumer.stop()]);
      expect(tried.values).to.deep.equal(["zero", "one"]);
      expect(rig.calls("leave")).to.equal(1);
      expect([rig.members(), rig.broker.groupOf("notifier").lag]).to.deep.equal([0, 1]);
      expect(rig.clock.sleeping()).to.equal(0);
    });
  });

  it("stop with their process, unless they have stopped before", async () => {
    const consumers = memoryConsumers(rig.broker, rig);
    const handle = mailbox().take;
    await consumers.run({ consumer: "notifier", topics: [TOPIC], handle });
    const stopped = await consumers.run({ consumer: "projection", topics: [TOPIC], handle });
    await rig.settled();
    expect(rig.members()).to.equal(1);
    await stopped.stop();
    await consumers.close();
    expect([rig.members(), rig.calls("leave"), rig.clock.sleeping()]).to.deep.equal([0, 2, 0]);
  });

  it("log how many messages the broker deleted before they were read", async () => {
    rig = brokerRig({ retainedBytesMax: 0, bytesMax: 1_000 });
    const box = mailbox();
    const consumer = await rig.run(box.take);
    await rig.settled();
    rig.publish("one");
    await rig.settled();
    await consumer.stop();
    rig.publish(...Array.from({ length: 20 }, (_unused, index) => String(index)));
    await rig.run(box.take);
    await rig.settled();
    const dropped = rig.log.lines.find(({ level }) => level === "error");
    expect(dropped?.fields).to.deep.include({ consumer: "notifier", topic: TOPIC });
    expect(dropped?.fields.lostCount).to.equal(20 - (box.values.length - 1));
    expect(box.values.at(-1)).to.equal("19");
  });
});
