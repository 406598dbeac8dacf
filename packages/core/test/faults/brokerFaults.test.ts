import { type Stack, stackUp, TEST_STACK_PREFIX } from "@onsale/devstack";
import { expect } from "chai";
import { parseEnvelope } from "../../src/outbox/envelope.ts";
import { chargePoints } from "../../src/point/chargePoints.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { startWorker, type Worker } from "../../src/worker/startWorker.ts";
import { expectInvariants } from "../support/expectInvariants.ts";
import { makeSale, newUserId, paid } from "../support/fixtures.ts";
import { openTestCore, type TestCore } from "../support/testCore.ts";
import { listenTo } from "../support/topicListener.ts";

const USERS = 5;
/** Number of messages written during the outage: enough to notice the loss of one in a hundred. */
const WRITTEN_WHILE_AWAY = 100;
/** A charge makes no call to the broker, so an outage must not slow it down. */
const CHARGE_MS_MAX = 1_500;
/** Pause between two checks; the test's time limit ends them. */
const LOOK_MS = 20;

describe("the outbox, while the broker does not answer", () => {
  let stack: Stack;
  let test: TestCore;
  let worker: Worker;
  const broker: Record<string, string> = {};

  before("starts a broker of its own and a worker", async function () {
    this.timeout(120_000);
    stack = await stackUp({
      name: `${TEST_STACK_PREFIX}broker-${process.pid}`,
      servers: ["kafka"],
      env: { ...process.env, KAFKA_BROKERS: "" },
    });
    broker.KAFKA_BROKERS = stack.urls.kafkaBrokers.join(",");
    broker.KAFKA_IDEMPOTENT = String(stack.urls.kafkaIdempotent);
    test = await openTestCore({ ...broker, OUTBOX_POLL_MS: "50" }, "all");
    worker = startWorker(test.core);
  });
  after("stops both", async function () {
    this.timeout(60_000);
    await worker.stop();
    await test.close();
    await stack.down();
  });

  const users = Array.from({ length: USERS }, () => newUserId());
  let slowestMs = 0;

  async function charge(core: CoreContext, userId: number): Promise<void> {
    const startedMs = performance.now();
    await chargePoints(core, { userId, amount: 1_000 });
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
  }
  async function write(count: number): Promise<void> {
    for (let at = 0; at < count; at += USERS) {
      await Promise.all(users.map((userId) => charge(test.core, userId)));
    }
  }
  async function until(ask: () => Promise<boolean>): Promise<void> {
    while (!(await ask())) await test.core.clock.sleep(LOOK_MS);
  }
  const brokerIsUp = (): boolean =>
    test.core.health().some(({ dependency, up }) => dependency === "kafka" && up);
  const pending = async (): Promise<number> => (await test.core.outbox.counts(null)).pending;

  it("publishes messages while the broker answers", async () => {
    await write(USERS);
    await until(async () => (await pending()) === 0);
    expect(brokerIsUp()).to.equal(true);
  });

  for (const [name, harm, heal] of [
    ["frozen", "pause", "resume"],
    ["killed", "kill", "start"],
    ["stopped", "stop", "start"],
  ] as const) {
    it(`keeps messages while it is ${name}, and publishes them afterwards`, async function () {
      this.timeout(120_000);
      await stack.fault("kafka", harm);
      await write(WRITTEN_WHILE_AWAY);
      await until(async () => !brokerIsUp());
      await write(WRITTEN_WHILE_AWAY);
      expect(await pending()).to.be.at.least(WRITTEN_WHILE_AWAY);
      await stack.fault("kafka", heal);
      await until(async () => (await pending()) === 0);
      const counts = await test.core.outbox.counts(null);
      expect(counts.dead, "no message was blamed").to.equal(0);
      expect(slowestMs, "slowest charge, ms").to.be.below(CHARGE_MS_MAX);
    });
  }

  it("has lost no message, and has kept the order of each account", async function () {
    this.timeout(60_000);
    const total = (await test.core.outbox.counts(null)).published;
    const listener = await listenTo(test.stack, ["point-account"], broker);
    await listener.until((messages) => new Set(messages.map((m) => m.messageId)).size === total);
    await listener.stop();
    const lastOf = new Map<string, number>();
    for (const { key, value } of listener.messages) {
      const read = parseEnvelope(value);
      if ("problem" in read) throw new Error(read.problem);
      const last = lastOf.get(key) ?? 0;
      const { aggregateVersion } = read.envelope;
      // A repetition is allowed; otherwise the next version must follow.
      expect(aggregateVersion, key).to.be.at.most(last + 1);
      lastOf.set(key, Math.max(last, aggregateVersion));
    }
    expect([...lastOf.values()].reduce((sum, last) => sum + last, 0)).to.equal(total);
    expect(total).to.be.at.least(USERS + 6 * WRITTEN_WHILE_AWAY);
  });

  it("consumes again without a restart of the worker", async function () {
    this.timeout(60_000);
    const [userId] = users;
    if (userId === undefined) throw new Error("there are users");
    await paid(test.core, userId, (await makeSale(test.core, 1)).seatIds);
    await until(async () => (await test.core.notifications.counts(null)).delivered === 3);
    await expectInvariants(test.core, { drained: true });
  });
});
