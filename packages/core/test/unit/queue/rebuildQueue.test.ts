import { expect } from "chai";
import { rebuildQueue } from "../../../src/queue/rebuildQueue.ts";
import { codeOf, failureOf, newUserId } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

const queueId = QUEUE_ID;

describe("rebuildQueue", () => {
  const current = useMemoryQueue();
  const rebuild = () => rebuildQueue(current().core, queueId);
  const rebuildCalls = async (work: () => Promise<unknown>) =>
    (await current().callsOf(work)).filter((call) => call === "redis queue.rebuild").length;
  /** The generation that MySQL counts now; counts one more. */
  const nextGeneration = async () => {
    const { core } = current();
    const begun = await core.withTransaction((tx) =>
      core.admissions.beginGeneration(tx, queueId, core.clock.nowMs()),
    );
    return begun.generation;
  };

  it("lets a queue that was never used promote immediately", async () => {
    const { join, promote } = current();
    await join(newUserId());
    expect(await promote()).to.include({ promoted: 1 });
  });

  it("restores settings, admissions, rate and last sequence after a loss", async () => {
    const { admitted, clock, core, loseRedis, stats } = current();
    const first = await admitted(newUserId());
    clock.pass(5_000);
    const second = await admitted(newUserId());
    const before = await stats();
    loseRedis();
    await rebuild();
    const after = await stats();
    expect(after.generationStartedUs).to.be.greaterThan(before.generationStartedUs);
    const { generationStartedUs } = before;
    expect({ ...after, generationStartedUs }).to.deep.equal({ ...before, admittedCount: 0 });
    for (const { userId, token } of [first, second]) {
      expect(await core.queue.place(queueId, userId)).to.include({
        status: "ACTIVE",
        sequence: core.tokens.verify(token).sequence,
      });
    }
  });

  const losses: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["admissions", () => current().admitted(newUserId())],
    ["only waiting users", () => current().join(newUserId())],
    ["no users", async () => undefined],
  ];
  for (const [who, fill] of losses) {
    it(`pauses promotion for one poll interval after a loss of a queue with ${who}`, async () => {
      const { clock, core, join, loseRedis, passQuietTime, promote } = current();
      await fill();
      loseRedis();
      await rebuild();
      await join(newUserId());
      clock.pass(core.config.queue.pollAfterMaxMs + 999);
      expect(await promote()).to.include({ promoted: 0, waiting: 1 });
      passQuietTime();
      expect(await promote()).to.include({ promoted: 1, waiting: 0 });
    });
  }

  it("runs once for all callers at the same time", async () => {
    current().loseRedis();
    const calls = await rebuildCalls(() => Promise.all(Array.from({ length: 50 }, rebuild)));
    expect(calls).to.equal(1);
    expect(await nextGeneration()).to.equal(3);
  });

  it("runs again for a caller who comes after it has ended", async () => {
    await rebuild();
    expect(await rebuildCalls(rebuild)).to.equal(1);
    expect(await nextGeneration()).to.equal(4);
  });

  it("can be tried again after MySQL did not answer", async () => {
    const { loseCalls, loseRedis, restoreCalls, stats } = current();
    loseRedis();
    loseCalls(/^mysql/);
    expect(codeOf(await failureOf(rebuild()))).to.equal("DEPENDENCY_UNAVAILABLE");
    restoreCalls();
    await rebuild();
    expect(await stats()).to.include({ waitingCount: 0 });
  });
});
