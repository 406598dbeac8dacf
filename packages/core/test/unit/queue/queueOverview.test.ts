import { expect } from "chai";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { etaSecondsAt, queueOverview } from "../../../src/queue/queueOverview.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

describe("the overview of a queue", () => {
  const current = useMemoryQueue({ activeCountMax: 2, admissionRatePerMinute: 600 });

  async function joinAll(count: number): Promise<void> {
    for (let userId = 1; userId <= count; userId += 1) await current().join(userId);
  }

  it("has the counts, the measured rate and the waits along the line", async () => {
    const { core, promote, stats } = current();
    await joinAll(25);
    await promote();
    const { generationStartedUs } = await stats();
    expect(await queueOverview(core, QUEUE_ID)).to.deep.equal({
      queueId: QUEUE_ID,
      epoch: 1,
      mode: "open",
      generation: generationStartedUs,
      admittedCount: 2,
      waitingCount: 23,
      admissionsPerSecond: 2,
      waits: [
        { position: 1, etaSeconds: 3 },
        { position: 10, etaSeconds: 25 },
        { position: 24, etaSeconds: 60 },
      ],
    });
  });

  it("gives a waiting buyer the position between two polls", async () => {
    const { clock, core, join, promote } = current();
    await joinAll(5);
    const { position, line } = await join(5);
    await promote();
    clock.pass(1_000);
    const { admittedCount, generation } = await queueOverview(core, QUEUE_ID);
    expect(generation).to.equal(line?.generation);
    expect(position - (admittedCount - (line?.admittedCount ?? 0))).to.equal(3);
    expect(await join(5)).to.include({ position: 3 });
  });

  it("estimates the wait at each position between two known waits", () => {
    const waits = [
      { position: 1, etaSeconds: 1 },
      { position: 10, etaSeconds: 5 },
      { position: 30, etaSeconds: 25 },
    ];
    const at = (position: number) => etaSecondsAt({ waits }, position);
    expect([1, 4, 10, 11, 20, 30, 99].map(at)).to.deep.equal([1, 3, 5, 6, 15, 25, 25]);
    expect(etaSecondsAt({ waits: [] }, 3)).to.equal(undefined);
  });

  it("is read for more queues at the same time than a process keeps", async () => {
    const { core, stats } = current();
    const known = await stats();
    const queueIds = Array.from({ length: 300 }, (_unused, index) => `hall-${index}`);
    const { latest } = core.queueState;
    const read = await Promise.all(queueIds.map((id) => latest.load(id, async () => known)));
    expect(read.every((figures) => figures === known)).to.equal(true);
  });

  it("has no waits while the queue is paused", async () => {
    const paused = { ...(await current().stats()).settings, mode: "paused" as const };
    await configureQueue(current().core, { queueId: QUEUE_ID, settings: paused });
    expect(await queueOverview(current().core, QUEUE_ID)).to.deep.include({
      mode: "paused",
      waits: [],
    });
  });

  it("asks Redis once a second for any number of requests", async () => {
    const { callsOf, clock, core } = current();
    await current().join(1);
    const ask = () => queueOverview(core, QUEUE_ID);
    const calls = await callsOf(async () => {
      await Promise.all(Array.from({ length: 50 }, ask));
      clock.pass(900);
      await ask();
      clock.pass(101);
      await Promise.all([ask(), ask()]);
    });
    expect(calls).to.deep.equal(["redis queue.stats", "redis queue.stats"]);
  });

  it("is refused while Redis does not answer, and asks again afterwards", async () => {
    const { core, loseCalls, restoreCalls } = current();
    loseCalls(/^redis/);
    const refusal = await failureOf(queueOverview(core, QUEUE_ID));
    expect(codeOf(refusal)).to.equal("DEPENDENCY_UNAVAILABLE");
    restoreCalls();
    expect(await queueOverview(core, QUEUE_ID)).to.include({ waitingCount: 0 });
  });

  it("has another generation after Redis lost the queue", async () => {
    const { clock, core, loseRedis } = current();
    const before = await queueOverview(core, QUEUE_ID);
    loseRedis();
    clock.pass(1_001);
    const after = await queueOverview(core, QUEUE_ID);
    expect(after.generation).to.be.above(before.generation);
    expect(after).to.include({ admittedCount: 0 });
  });

  it("does not exist for an unknown queue", async () => {
    const refusal = await failureOf(queueOverview(current().core, "nowhere"));
    expect(codeOf(refusal)).to.equal("QUEUE_NOT_FOUND");
  });
});
