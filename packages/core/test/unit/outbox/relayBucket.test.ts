import { expect } from "chai";
import sinon from "sinon";
import { relayBucket } from "../../../src/outbox/relayBucket.ts";
import type { OutboxMessage, OutboxStore } from "../../../src/ports/outboxStore.ts";
import type { Publisher, PublishFailure } from "../../../src/ports/publisher.ts";
import type { Tx } from "../../../src/ports/transaction.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { failureOf } from "../../support/fixtures.ts";
import { outboxMessage } from "../../support/outboxMessages.ts";
import { recordingLog, recordingMetrics } from "../../support/recorders.ts";

const TX: Tx = { label: "unit" };
const LEASE = { name: "outbox-bucket:0", owner: "relay", epoch: 4 };

function relayWorld(due: readonly OutboxMessage[], failures: readonly PublishFailure[] = []) {
  const publish = sinon.stub<Parameters<Publisher["publish"]>, ReturnType<Publisher["publish"]>>();
  publish.resolves(failures);
  const markPublished = sinon.stub<
    Parameters<OutboxStore["markPublished"]>,
    ReturnType<OutboxStore["markPublished"]>
  >();
  markPublished.callsFake(async (_tx, _lease, ids) => ids.length);
  const markFailed = sinon.stub<Parameters<OutboxStore["markFailed"]>, Promise<void>>();
  const nothing = sinon.stub().rejects(new Error("not used"));
  const outbox: OutboxStore = {
    append: nothing,
    pending: nothing,
    due: async () => due,
    markPublished,
    markFailed,
    counts: nothing,
    cleanUp: nothing,
  };
  const log = recordingLog();
  const core = {
    withTransaction: <T>(work: (tx: Tx) => Promise<T>) => work(TX),
    outbox,
    publisher: { publish },
    config: testCoreConfig({ OUTBOX_ATTEMPTS_MAX: "3" }),
    clock: fakeClock(),
    random: { next: () => 0.5 },
    metrics: recordingMetrics(),
    log,
  };
  let live = true;
  const held = { bucket: 0, lease: LEASE, isLive: () => live };
  const run = () => relayBucket(core, held);
  return {
    run,
    publish,
    markPublished,
    markFailed,
    log,
    expire: () => {
      live = false;
    },
  };
}

const poison = (message: OutboxMessage): PublishFailure => ({
  messageId: message.messageId,
  error: "MESSAGE_TOO_LARGE",
  poison: true,
});

describe("relaying a bucket", () => {
  const [one, two, three] = [outboxMessage(1), outboxMessage(2), outboxMessage(3)];

  it("publishes what is due in its order and marks it under the lease", async () => {
    const world = relayWorld([one, two, three]);
    const result = await world.run();
    expect(result).to.deep.equal({ published: 3, more: false, lost: false });
    const [sent] = world.publish.firstCall.args;
    expect(sent.map(({ messageId }) => messageId)).to.deep.equal(
      [one, two, three].map(({ messageId }) => messageId),
    );
    expect(world.markPublished.args).to.deep.equal([[TX, LEASE, [1, 2, 3]]]);
  });

  it("marks only after the broker has acknowledged", async () => {
    const world = relayWorld([one]);
    await world.run();
    expect(world.publish.calledBefore(world.markPublished)).to.equal(true);
  });

  it("does nothing when nothing is due", async () => {
    const world = relayWorld([]);
    expect(await world.run()).to.deep.equal({ published: 0, more: false, lost: false });
    expect(world.publish.called).to.equal(false);
  });

  it("publishes nothing once its lease may have run out", async () => {
    const world = relayWorld([one]);
    world.expire();
    await world.run();
    expect(world.publish.called).to.equal(false);
  });

  it("says that the bucket is lost when another owner has it", async () => {
    const world = relayWorld([one]);
    world.markPublished.resolves(0);
    expect(await world.run()).to.include({ published: 0, lost: true });
  });

  it("asks for another iteration after a full batch", async () => {
    const full = Array.from({ length: 500 }, (_unused, index) => outboxMessage(index + 1));
    expect(await relayWorld(full).run()).to.include({ published: 500, more: true });
  });

  it("blames nobody while the broker is away", async () => {
    const world = relayWorld([one, two]);
    world.publish.rejects(new DependencyUnavailableError("kafka"));
    expect(await failureOf(world.run())).to.be.instanceOf(DependencyUnavailableError);
    expect(world.markFailed.called).to.equal(false);
    expect(world.markPublished.called).to.equal(false);
  });

  it("counts an attempt of the one that failed, and none of those behind it", async () => {
    const other = outboxMessage(1, { id: 9, aggregateId: 8 });
    const behind = { messageId: three.messageId, error: "behind", poison: false };
    const world = relayWorld([one, two, other, three], [poison(two), behind]);
    expect(await world.run()).to.include({ published: 2 });
    expect(world.markPublished.args).to.deep.equal([[TX, LEASE, [1, 9]]]);
    expect(world.markFailed.args).to.deep.equal([
      [null, 2, { error: "MESSAGE_TOO_LARGE", retryInMs: 250, dead: false }],
    ]);
  });

  it("waits longer after each attempt, and gives a poisonous one up after the last", async () => {
    const failures: unknown[] = [];
    for (const attempts of [0, 1, 2]) {
      const message = outboxMessage(1, { attempts });
      const world = relayWorld([message], [poison(message)]);
      await world.run();
      failures.push(world.markFailed.firstCall.args[2]);
    }
    const error = "MESSAGE_TOO_LARGE";
    expect(failures).to.deep.equal([
      { error, retryInMs: 250, dead: false },
      { error, retryInMs: 500, dead: false },
      { error, retryInMs: 1_000, dead: true },
    ]);
  });

  it("never gives up a message that is not to blame", async () => {
    const message = outboxMessage(1, { attempts: 99 });
    const world = relayWorld(
      [message],
      [{ messageId: message.messageId, error: "no leader", poison: false }],
    );
    await world.run();
    expect(world.markFailed.firstCall.args[2]).to.include({ dead: false });
  });

  it("raises the alarm when a message is given up", async () => {
    const message = outboxMessage(1, { attempts: 2 });
    const world = relayWorld([message], [poison(message)]);
    await world.run();
    expect(world.log.lines.map(({ level }) => level)).to.deep.equal(["error"]);
  });
});
