import { expect } from "chai";
import { bucketOf } from "../../../src/outbox/bucketOf.ts";
import { describeMessage } from "../../../src/outbox/describeMessage.ts";
import { outboxRelay } from "../../../src/outbox/outboxRelay.ts";
import { outboxStatus } from "../../../src/outbox/outboxStatus.ts";
import { chargePoints } from "../../../src/point/chargePoints.ts";
import { heartbeat } from "../../../src/worker/heartbeat.ts";
import { chargedUser, codeOf, failureOf } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

/** So many that no message of the tests is in one of the first four. */
const EARLIER_BUCKETS = 60_000;
const WORKER = "00000000-0000-7000-8000-000000000001";

describe("outboxStatus", () => {
  const current = useMemoryCore({ OUTBOX_BUCKETS: "4" });
  const status = () => outboxStatus(current().core);

  it("names the process whose relay has a bucket, and buckets without a relay", async () => {
    const { core } = current();
    expect((await status()).buckets.map(({ relay }) => relay)).to.deep.equal(
      Array.from({ length: 4 }, () => undefined),
    );
    await outboxRelay(core, WORKER).runOnce();
    expect((await status()).buckets.map(({ relay }) => relay)).to.deep.equal(
      Array.from({ length: 4 }, () => WORKER),
    );
    await heartbeat(core, WORKER).beat();
    const [first] = (await status()).buckets;
    expect(first).to.deep.equal({
      ...{ bucket: 0, pending: 0, dead: 0, oldestPendingAgeMs: 0 },
      relay: core.processName,
    });
  });

  it("shows messages in a bucket beyond OUTBOX_BUCKETS, which no relay reads", async () => {
    const { core } = current();
    const outbox = { ...core.config.outbox, buckets: EARLIER_BUCKETS };
    const earlier = { ...core, config: { ...core.config, outbox } };
    const userId = await chargedUser(earlier);
    await outboxRelay(core, WORKER).runOnce();
    const { buckets, pending } = await status();
    expect(pending).to.equal(1);
    const bucket = bucketOf("point-account", userId, EARLIER_BUCKETS);
    expect(buckets).to.have.length(5);
    expect(buckets[4]).to.include({ bucket, pending: 1, relay: undefined });
  });

  it("counts waiting and blocked messages by bucket, and the rate of the last minute", async () => {
    const { core, clock } = current();
    const userId = await chargedUser(core);
    await outboxRelay(core).runOnce();
    expect(await status()).to.include({ pending: 0, published: 1, publishedPerSecond: 1 / 60 });
    clock.pass(61_000);
    for (let more = 0; more < 3; more += 1) await chargePoints(core, { userId, amount: 100 });
    clock.pass(2_000);
    const [first] = await current().messages();
    if (!first) throw new Error("three messages wait");
    await core.outbox.postpone(null, [first], { error: "no such topic", retryInMs: 5_000 });
    const { buckets, ...counts } = await status();
    expect(counts).to.deep.include({
      ...{ pending: 3, blocked: 2, dead: 0, publishedPerSecond: 0 },
      failingTopics: [{ topic: "onsale.point-account", error: "no such topic", messages: 1 }],
    });
    const busy = buckets.find(({ bucket }) => bucket === first.bucket);
    expect(busy).to.include({ pending: 3, dead: 0 });
    expect(busy?.oldestPendingAgeMs).to.be.within(2_000, 3_000);
  });

  it("shows for a topic its latest error and all its failed messages", async () => {
    const { core, clock } = current();
    await chargedUser(core);
    await chargedUser(core);
    const [one, two] = await current().messages();
    if (!one || !two) throw new Error("two messages wait");
    await core.outbox.postpone(null, [one], { error: "old", retryInMs: 0 });
    clock.pass(1_000);
    await core.outbox.postpone(null, [two], { error: "new", retryInMs: 0 });
    expect((await status()).failingTopics).to.deep.equal([
      { topic: "onsale.point-account", error: "new", messages: 2 },
    ]);
  });
});

describe("describeMessage", () => {
  const current = useMemoryCore();

  it("finds a message by both ids, with what it blocks and what blocks it", async () => {
    const { core } = current();
    const userId = await chargedUser(core);
    await chargePoints(core, { userId, amount: 100 });
    const [first, second] = await current().messages();
    if (!first || !second) throw new Error("two messages wait");
    const failure = { error: "too large", retryInMs: 0, dead: true };
    await core.outbox.markFailed(null, first, failure);
    const dead = await describeMessage(core, first.messageId);
    expect(dead.message).to.include({ state: "DEAD", lastError: "too large" });
    expect(dead.blocks.map(({ id }) => id)).to.deep.equal([second.id]);
    const behind = await describeMessage(core, String(second.id));
    expect(behind.message).to.include({ state: "BLOCKED", blockedByVersion: 1 });
    expect(behind.blockedBy?.id).to.equal(first.id);
    expect(behind.blocks).to.deep.equal([]);
    expect(codeOf(await failureOf(describeMessage(core, "4711")))).to.equal("MESSAGE_NOT_FOUND");
  });
});
