import { mailbox } from "@onsale/conformance/mailbox";
import { expect } from "chai";
import { memoryConsumers } from "../../../src/adapters/memory/broker/memoryConsumers.ts";
import { memoryPublisher } from "../../../src/adapters/memory/broker/memoryPublisher.ts";
import { directLink } from "../../../src/adapters/memory/serverLink.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { failureOf } from "../../support/fixtures.ts";
import { publishedMessage } from "../../support/outboxMessages.ts";
import {
  type BrokerRig,
  brokerRig,
  HEARTBEAT_MS,
  RESTART_MS,
  SESSION_MS,
  TOPIC,
} from "./brokerRig.ts";

describe("a consumer of the in-memory broker when calls are lost", () => {
  let rig: BrokerRig;
  beforeEach(() => {
    rig = brokerRig();
  });

  for (const [state, what] of [
    ["call lost", "a call"],
    ["answer lost", "an answer"],
  ] as const) {
    it(`joins again after a pause when ${what} was lost`, async () => {
      rig.link.state = state;
      const box = mailbox();
      await rig.run(box.take);
      await rig.pass(3 * RESTART_MS);
      expect(rig.link.points).to.deep.equal(Array(4).fill("kafka broker.memberId"));
      rig.link.state = "up";
      await rig.pass(RESTART_MS);
      rig.link.state = state;
      await rig.pass(2 * HEARTBEAT_MS);
      rig.publish("one");
      rig.link.state = "up";
      await rig.pass(RESTART_MS);
      expect(box.values).to.deep.equal(["one"]);
      expect(rig.members(), "no ghosts").to.equal(1);
      const events = rig.log.lines.map(({ fields }) => fields.event);
      expect(events).to.include("consumer.connection_lost");
    });
  }

  it("receives a message again when the request of its commit was lost", async () => {
    rig.publish("one");
    const box = mailbox();
    await rig.run(async (message) => {
      await box.take(message);
      rig.link.state = box.values.length === 1 ? "call lost" : "up";
    });
    await box.count(1);
    await rig.settled();
    rig.link.state = "up";
    await rig.pass(RESTART_MS);
    expect(box.values).to.deep.equal(["one", "one"]);
    expect([rig.calls("memberId"), rig.calls("join")]).to.deep.equal([1, 2]);
    expect(rig.calls("commit")).to.equal(2);
    expect(rig.broker.groupOf("notifier")).to.deep.include({ generation: 1, lag: 0 });
  });

  it("does not receive a message again when the answer of its commit was lost", async () => {
    rig.publish("one");
    const box = mailbox();
    await rig.run(async (message) => {
      await box.take(message);
      rig.link.state = "answer lost";
    });
    await box.count(1);
    await rig.settled();
    rig.link.state = "up";
    await rig.pass(2 * HEARTBEAT_MS);
    expect(box.values).to.deep.equal(["one"]);
  });

  it("stops when its leave was lost, and its session expires", async () => {
    const consumer = await rig.run(mailbox().take);
    await rig.settled();
    rig.link.state = "call lost";
    await consumer.stop();
    expect(rig.log.lines.at(-1)?.message).to.contain("could not leave its group");
    expect(rig.members()).to.equal(1);
    await rig.clock.advance(SESSION_MS);
    expect(rig.members()).to.equal(0);
  });

  it("rejects a lost publish with DependencyUnavailableError, stored or not", async () => {
    const publisher = memoryPublisher(rig.broker, rig.link);
    for (const [state, stored] of [
      ["call lost", []],
      ["answer lost", ["orders"]],
    ] as const) {
      rig.link.state = state;
      const failure = await failureOf(publisher.publish([publishedMessage("orders", "k")]));
      expect(failure).to.be.instanceOf(DependencyUnavailableError);
      expect(failure).to.have.nested.property("details.dependency", "kafka");
      const box = mailbox();
      const reader = memoryConsumers(rig.broker, { ...rig, link: directLink });
      const running = await reader.run({ consumer: state, topics: [TOPIC], handle: box.take });
      await rig.settled();
      await running.stop();
      expect(box.messages, state).to.have.length(stored.length);
    }
  });

  it("makes no call for an empty list of messages", async () => {
    rig.link.state = "call lost";
    expect(await memoryPublisher(rig.broker, rig.link).publish([])).to.deep.equal([]);
    expect(rig.link.points).to.deep.equal([]);
  });
});
