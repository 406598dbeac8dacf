import { expect } from "chai";
import type { QueueMissing } from "../../../src/ports/queueStore.ts";
import { promoteWaiting } from "../../../src/queue/promoteWaiting.ts";
import { codeOf, failureOf, newUserId } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

const queueId = QUEUE_ID;
/** A time after which Redis returns an unrecorded batch to the next promoter, ms. */
const OVERDUE_MS = 1_001;

describe("promoteWaiting", () => {
  const current = useMemoryQueue();

  /** Lets this number of users join. @returns their sequences */
  async function line(count: number): Promise<number[]> {
    const sequences: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const { join, claimsOf } = current();
      sequences.push(claimsOf(await join(newUserId())).sequence);
    }
    return sequences;
  }
  const admission = (sequence = 0) =>
    current().core.admissions.findAdmission(null, queueId, sequence);
  /** How many of the places have an admission in MySQL. */
  const recordedOf = async (sequences: readonly number[]) =>
    (await Promise.all(sequences.map(admission))).filter((found) => found).length;
  /** The admissions that Redis returns to a second promoter one second after the first. */
  async function unsettled(): Promise<number> {
    const { another, clock } = current();
    clock.pass(OVERDUE_MS);
    const result = await another().queue.promote(queueId, 1);
    if ("status" in result) throw new Error("Redis lost the queue");
    return result.journal.promotions.length + result.journal.ends.length;
  }

  it("records admissions in MySQL, and then removes them from the journal in Redis", async () => {
    const { clock, promote } = current();
    const [sequence] = await line(1);
    expect(await promote()).to.deep.equal({ promoted: 1, waiting: 0, active: 1 });
    expect(await admission(sequence)).to.deep.include({
      expiresAtMs: clock.nowMs() + 600_000,
      ended: false,
    });
    expect(await unsettled()).to.equal(0);
  });

  it("records ends of admissions, and then removes them from the journal in Redis", async () => {
    const { clock, promote } = current();
    const [sequence] = await line(1);
    await promote();
    clock.pass(60_000);
    expect(await promote()).to.deep.equal({ promoted: 0, waiting: 0, active: 0 });
    expect(await admission(sequence)).to.include({ ended: true });
    expect(await unsettled()).to.equal(0);
  });

  it("makes no call to MySQL when no user was promoted or ended", async () => {
    const { callsOf, promote } = current();
    await promote();
    expect(await callsOf(promote)).to.deep.equal(["redis queue.promote"]);
  });

  it("promotes at most 500 users at a time", async () => {
    const { promote } = current();
    await line(501);
    expect(await promote()).to.deep.equal({ promoted: 500, waiting: 1, active: 500 });
    expect(await promote()).to.deep.equal({ promoted: 1, waiting: 0, active: 501 });
  });

  it("promotes no more users until the batch that MySQL refused is recorded", async () => {
    const { loseCalls, promote, restoreCalls, stats } = current();
    const first = await line(2);
    loseCalls(/^mysql/);
    expect(codeOf(await failureOf(promote()))).to.equal("DEPENDENCY_UNAVAILABLE");
    const second = await line(3);
    expect(codeOf(await failureOf(promote()))).to.equal("DEPENDENCY_UNAVAILABLE");
    expect(await stats()).to.include({ waitingCount: 3, activeCount: 2 });
    restoreCalls();
    expect(await recordedOf(first)).to.equal(0);
    expect(await promote()).to.include({ promoted: 3, active: 5 });
    expect(await recordedOf([...first, ...second])).to.equal(5);
  });

  it("gives the batch of a promoter that cannot record it to another promoter", async () => {
    const { another, clock, loseCalls, promote, restoreCalls } = current();
    const sequences = await line(2);
    loseCalls(/^mysql/);
    await failureOf(promote());
    restoreCalls();
    clock.pass(OVERDUE_MS);
    expect(await promoteWaiting(another(), { queueId })).to.include({ promoted: 0, active: 2 });
    expect(await recordedOf(sequences)).to.equal(2);
    await promote();
    expect(await recordedOf(sequences)).to.equal(2);
  });

  it("drops admissions of a lost generation, and their places can be restored", async () => {
    const { join, loseCalls, loseRedis, metrics, passQuietTime, promote, restoreCalls } = current();
    const userId = newUserId();
    const { token } = await join(userId);
    const { sequence } = current().core.tokens.verify(token);
    loseCalls(/^mysql/);
    await failureOf(promote());
    restoreCalls();
    loseRedis();
    await line(1);
    await promote();
    expect(await admission(sequence)).to.equal(undefined);
    expect(metrics.counted("queue_promotions_dropped_total", { queue: queueId })).to.equal(1);
    expect(await join(userId, token)).to.include({ status: "WAITING", position: 1 });
    passQuietTime();
    expect(await promote()).to.include({ promoted: 2, active: 2 });
    expect(await recordedOf([sequence])).to.equal(1);
  });

  it("records dropped admissions again when only MySQL raised the generation", async () => {
    const { clock, core, promote } = current();
    // As a process does that dies between its commit and its call to Redis.
    await core.withTransaction((tx) =>
      core.admissions.beginGeneration(tx, queueId, core.clock.nowMs()),
    );
    const [sequence] = await line(1);
    await promote();
    expect(await admission(sequence)).to.equal(undefined);
    clock.pass(OVERDUE_MS);
    await promote();
    expect(await admission(sequence)).to.include({ ended: false });
    expect(await unsettled()).to.equal(0);
  });

  it("settles a recorded batch again when Redis did not receive the call", async () => {
    const { loseCalls, promote, restoreCalls } = current();
    const sequences = await line(1);
    loseCalls(/^redis queue.settle/);
    expect(codeOf(await failureOf(promote()))).to.equal("DEPENDENCY_UNAVAILABLE");
    restoreCalls();
    expect(await recordedOf(sequences)).to.equal(1);
    await promote();
    expect(await unsettled()).to.equal(0);
  });

  it("rebuilds a lost queue once, and fails when it is lost again immediately", async () => {
    const { callsOf, core, loseRedis } = current();
    const missing: QueueMissing = { status: "MISSING" };
    const queue = { ...core.queue, promote: () => Promise.resolve(missing) };
    loseRedis();
    const calls = await callsOf(async () => {
      const failure = await failureOf(promoteWaiting({ ...core, queue }, { queueId }));
      expect(codeOf(failure)).to.equal("DEPENDENCY_UNAVAILABLE");
    });
    expect(calls.filter((call) => call.startsWith("redis"))).to.deep.equal(["redis queue.rebuild"]);
  });
});
