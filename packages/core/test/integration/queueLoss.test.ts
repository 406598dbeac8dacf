import { expect } from "chai";
import { createConcert } from "../../src/catalog/createConcert.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { configureQueue } from "../../src/queue/configureQueue.ts";
import { joinQueue } from "../../src/queue/joinQueue.ts";
import { promoteWaiting } from "../../src/queue/promoteWaiting.ts";
import { queueStatus } from "../../src/queue/queueStatus.ts";
import { releaseAdmission } from "../../src/queue/releaseAdmission.ts";
import { admitToken } from "../support/admitToken.ts";
import { codeOf, failureOf, newUserId } from "../support/fixtures.ts";
import { loseRedis, withRedisOf } from "../support/loseRedis.ts";
import { eventually } from "../support/privateRedis.ts";
import { useTestCore } from "../support/testCore.ts";

const SETTINGS = {
  REDIS_COMMAND_TIMEOUT_MS: "5000",
  QUEUE_ACTIVE_COUNT_MAX: "10",
  QUEUE_ADMISSION_RATE_PER_MINUTE: "60000",
  POLL_AFTER_MIN_MS: "50",
  POLL_AFTER_MAX_MS: "60000",
};

interface Buyer {
  readonly userId: number;
  readonly token: string;
}

describe("a queue after Redis lost its state", () => {
  const opened = useTestCore(SETTINGS);
  let core: CoreContext;
  let queueId: string;
  let queueCount = 0;

  beforeEach("a waiting room of its own", async () => {
    core = opened().core;
    queueCount += 1;
    queueId = `lost-${queueCount}`;
    await createConcert(core, { title: "Rush", singer: "The Locks", queueId });
  });

  async function joinInTurn(count: number): Promise<Buyer[]> {
    const buyers: Buyer[] = [];
    for (let i = 0; i < count; i += 1) {
      const userId = newUserId();
      const { token } = await joinQueue(core, { queueId, userId });
      buyers.push({ userId, token });
    }
    return buyers;
  }

  const lose = (): Promise<void> => loseRedis(opened().stack, queueId);

  /** Ends the pause of promotion, as if one poll interval had passed. */
  const endQuietTime = (): Promise<unknown> =>
    withRedisOf(opened().stack, (redis, prefix) =>
      redis.hset(`${prefix}queue:{${queueId}}:room`, "quietUntilUs", 1),
    );

  async function admittedInTurn(): Promise<number[]> {
    const rows = await opened().sql(
      "SELECT user_id FROM queue_admissions WHERE queue_id = ? ORDER BY admitted_at_us, sequence",
      [queueId],
    );
    return rows.map((row) => Number(row.user_id));
  }

  it("restores 50 places in order, and counts live admissions", async () => {
    const buyers = await joinInTurn(60);
    expect(await promoteWaiting(core, { queueId })).to.include({ promoted: 10, active: 10 });
    await lose();

    const waiting = buyers.slice(10);
    const late = newUserId();
    await joinQueue(core, { queueId, userId: late });
    const shuffled = waiting.map((_buyer, i) => waiting[(i * 7) % 50]);
    await Promise.all(
      shuffled.map(async (buyer, i) => {
        if (!buyer) return;
        const input = { queueId, ...buyer };
        // Half of the users ask for their status, the others join again.
        const ticket = await (i % 2 ? queueStatus(core, input) : joinQueue(core, input));
        expect(ticket.status).to.equal("WAITING");
      }),
    );
    expect(await promoteWaiting(core, { queueId })).to.deep.equal({
      promoted: 0,
      waiting: 51,
      active: 10,
    });
    for (const [i, buyer] of waiting.entries()) {
      expect(await queueStatus(core, { queueId, ...buyer })).to.include({ position: i + 1 });
    }

    await endQuietTime();
    expect(await promoteWaiting(core, { queueId })).to.include({ promoted: 0, active: 10 });
    for (const buyer of buyers.slice(0, 10)) {
      expect(await admitToken(core, buyer.token)).to.include({ userId: buyer.userId });
    }
    for (let done = 0; done < 61; done += 10) {
      for (const userId of (await admittedInTurn()).slice(done)) {
        await releaseAdmission(core, { queueId, userId, reason: "PAID" });
      }
      await promoteWaiting(core, { queueId });
    }
    expect(await admittedInTurn()).to.deep.equal([...buyers.map((buyer) => buyer.userId), late]);
  });

  it("pauses promotion even when it was lost before its first admission", async () => {
    await configureQueue(core, { queueId, settings: { mode: "paused" } });
    const [first, second] = await joinInTurn(2);
    if (!first || !second) throw new Error("two joined");
    await lose();
    await queueStatus(core, { queueId, ...second });
    await configureQueue(core, { queueId, settings: { mode: "open" } });
    expect(await promoteWaiting(core, { queueId })).to.include({ promoted: 0, waiting: 1 });

    await queueStatus(core, { queueId, ...first });
    await endQuietTime();
    expect(await promoteWaiting(core, { queueId })).to.include({ promoted: 2 });
  });

  it("admits buyers who waited before the loss ahead of new buyers", async () => {
    const [first] = await joinInTurn(1);
    if (!first) throw new Error("one joined");
    await lose();
    const [newcomer] = await joinInTurn(1);
    if (!newcomer) throw new Error("another joined");
    expect(await promoteWaiting(core, { queueId })).to.include({ promoted: 0, waiting: 1 });

    await queueStatus(core, { queueId, ...first });
    await endQuietTime();
    await configureQueue(core, { queueId, settings: { activeCountMax: 1 } });
    await promoteWaiting(core, { queueId });
    expect(await admittedInTurn()).to.deep.equal([first.userId]);
  });

  it("restores the older place when a repeated join arrived after the loss", async () => {
    const [first, second] = await joinInTurn(2);
    if (!first || !second) throw new Error("two joined");
    await lose();
    await queueStatus(core, { queueId, ...second });
    expect(await joinQueue(core, { queueId, userId: first.userId })).to.include({ position: 2 });
    expect(await queueStatus(core, { queueId, ...first })).to.include({ position: 1 });
  });

  it("treats an older Redis state after a restart as a loss", async () => {
    const [first, second, third] = await joinInTurn(3);
    if (!first || !second || !third) throw new Error("three joined");
    await withRedisOf(opened().stack, async (redis, prefix) => {
      // As in a snapshot: another Redis process wrote it, before the second user joined.
      await redis.hset(`${prefix}queue:{${queueId}}:room`, "runId", "0123456789abcdef");
      await redis.zrem(`${prefix}queue:{${queueId}}:waiting`, second.userId);
    });
    expect(await promoteWaiting(core, { queueId })).to.include({ promoted: 0 });
    for (const buyer of [third, second, first]) await queueStatus(core, { queueId, ...buyer });
    for (const [i, buyer] of [first, second, third].entries()) {
      expect(await queueStatus(core, { queueId, ...buyer })).to.include({ position: i + 1 });
    }
    await endQuietTime();
    await promoteWaiting(core, { queueId });
    const inTurn = [first, second, third].map((buyer) => buyer.userId);
    expect(await admittedInTurn()).to.deep.equal(inTurn);
  });

  it("promotes no user for one poll interval", async () => {
    const [, second] = await joinInTurn(2);
    if (!second) throw new Error("two joined");
    await core.queue.promote(queueId, 1).then((result) => {
      if ("status" in result) throw new Error("the room is missing");
      return core.withTransaction((tx) =>
        core.admissions.recordPromotions(tx, queueId, result.generation, result.promoted),
      );
    });
    await lose();
    await queueStatus(core, { queueId, ...second });
    expect(await promoteWaiting(core, { queueId })).to.deep.equal({
      promoted: 0,
      waiting: 1,
      active: 1,
    });
    await endQuietTime();
    expect(await promoteWaiting(core, { queueId })).to.include({ promoted: 1, active: 2 });
  });

  it("admits its first buyers without a pause when it is new", async () => {
    await joinInTurn(2);
    expect(await promoteWaiting(core, { queueId })).to.include({ promoted: 2 });
  });

  it("puts a buyer whose place was already admitted at the tail", async () => {
    const [used, waiting] = await joinInTurn(2);
    if (!used || !waiting) throw new Error("two joined");
    await configureQueue(core, { queueId, settings: { activeCountMax: 1 } });
    await promoteWaiting(core, { queueId });
    await releaseAdmission(core, { queueId, userId: used.userId, reason: "PAID" });
    await configureQueue(core, { queueId, settings: { mode: "paused" } });
    await promoteWaiting(core, { queueId });
    await lose();

    expect(codeOf(await failureOf(queueStatus(core, { queueId, ...used })))).to.equal(
      "QUEUE_TOKEN_EXPIRED",
    );
    const again = await joinQueue(core, { queueId, ...used });
    expect(again).to.include({ position: 1 });
    expect(await joinQueue(core, { queueId, ...waiting })).to.include({ position: 1 });
    const { userId } = used;
    expect(await queueStatus(core, { queueId, userId, token: again.token })).to.include({
      position: 2,
    });
  });

  it("puts a buyer who left without a loss at the tail", async () => {
    const [leaver] = await joinInTurn(3);
    if (!leaver) throw new Error("three joined");
    await core.queue.leave(queueId, leaver.userId, "LEFT");
    expect(codeOf(await failureOf(queueStatus(core, { queueId, ...leaver })))).to.equal(
      "QUEUE_TOKEN_EXPIRED",
    );
    expect(await joinQueue(core, { queueId, ...leaver })).to.include({ position: 3 });
  });

  it("answers NOT_ACTIVE, not EXPIRED, to a waiting buyer who acts too early", async () => {
    const [buyer] = await joinInTurn(1);
    await lose();
    expect(codeOf(await failureOf(admitToken(core, buyer?.token ?? "")))).to.equal(
      "QUEUE_TOKEN_NOT_ACTIVE",
    );
  });

  it("is rebuilt at most once in each process when 200 buyers return together", async () => {
    const buyers = await joinInTurn(40);
    await promoteWaiting(core, { queueId });
    const { core: other, log } = await opened().another();
    await queueStatus(other, { queueId, userId: buyers[0]?.userId ?? 0 });
    const logs = [opened().log, log];
    const rebuilds = (): number =>
      logs.flatMap((each) => each.lines.filter((line) => line.fields.event === "queue.rebuilt"))
        .length;
    const before = rebuilds();
    await lose();
    const calls = Array.from({ length: 200 }, (_unused, i) => {
      const buyer = buyers[i % 40];
      return queueStatus(i % 2 ? core : other, { queueId, ...(buyer ?? { userId: 0 }) });
    });
    const tickets = await Promise.all(calls);
    expect(tickets.filter((ticket) => ticket.status === "ACTIVE")).to.have.length(50);
    expect(rebuilds() - before).to.be.within(1, 2);
  });

  it("refuses an admission from before the rebuild; its buyer keeps the place", async () => {
    await configureQueue(core, { queueId, settings: { activeCountMax: 3 } });
    const [first] = await joinInTurn(3);
    if (!first) throw new Error("three joined");
    const moved = await core.queue.promote(queueId, 500);
    if ("status" in moved) throw new Error("the room is missing");
    await lose();
    await joinQueue(core, { queueId, userId: newUserId() });
    const isRecorded = await core.withTransaction((tx) =>
      core.admissions.recordPromotions(tx, queueId, moved.generation, moved.promoted),
    );
    expect(isRecorded).to.equal(false);
    expect(await queueStatus(core, { queueId, ...first })).to.include({
      status: "WAITING",
      position: 1,
    });
  });

  it("continues when a process raised the generation and died before it called Redis", async () => {
    await joinInTurn(2);
    await core.withTransaction((tx) => core.admissions.beginGeneration(tx, queueId, Date.now()));
    await promoteWaiting(core, { queueId });
    await eventually(async () => {
      await promoteWaiting(core, { queueId });
      return (await admittedInTurn()).length === 2;
    });
  });

  it("has its epoch and settings in a process that starts after the loss", async () => {
    await configureQueue(core, { queueId, settings: { activeCountMax: 3 } });
    const buyers = await joinInTurn(5);
    await promoteWaiting(core, { queueId });
    await lose();
    const { core: fresh } = await opened().another();
    const last = buyers[4];
    if (!last) throw new Error("five joined");
    expect(await queueStatus(fresh, { queueId, ...last })).to.include({ status: "WAITING" });
    expect(await fresh.queue.stats(queueId)).to.deep.include({ activeCount: 3, waitingCount: 1 });
  });
});
