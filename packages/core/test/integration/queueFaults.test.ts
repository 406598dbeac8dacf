import { expect } from "chai";
import sinon from "sinon";
import { createConcert } from "../../src/catalog/createConcert.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { createQueueState } from "../../src/queue/createQueueState.ts";
import { joinQueue } from "../../src/queue/joinQueue.ts";
import { leaveQueue } from "../../src/queue/leaveQueue.ts";
import { promoteWaiting } from "../../src/queue/promoteWaiting.ts";
import { queueStatus } from "../../src/queue/queueStatus.ts";
import { releaseAdmission } from "../../src/queue/releaseAdmission.ts";
import { DependencyUnavailableError } from "../../src/shared/errors.ts";
import { admitToken } from "../support/admitToken.ts";
import { fakeClock } from "../support/fakeClock.ts";
import { codeOf, failureOf, newUserId, tally } from "../support/fixtures.ts";
import { loseRedis } from "../support/loseRedis.ts";
import { eventually } from "../support/privateRedis.ts";
import { useTestCore } from "../support/testCore.ts";

const AWAY = "DEPENDENCY_UNAVAILABLE";
const SETTINGS = {
  REDIS_COMMAND_TIMEOUT_MS: "5000",
  QUEUE_ACTIVE_COUNT_MAX: "3",
  QUEUE_ADMISSION_RATE_PER_MINUTE: "60000",
};

describe("the queue in an outage", () => {
  const opened = useTestCore(SETTINGS);
  let core: CoreContext;
  let queueId: string;
  let queueCount = 0;

  beforeEach("a waiting room of its own", async () => {
    core = opened().core;
    queueCount += 1;
    queueId = `away-${queueCount}`;
    await createConcert(core, { title: "Rush", singer: "The Locks", queueId });
  });

  async function join(): Promise<{ userId: number; token: string }> {
    const userId = newUserId();
    const { token } = await joinQueue(core, { queueId, userId });
    return { userId, token };
  }

  const promotions = () =>
    opened().sql(
      "SELECT user_id, end_reason FROM queue_admissions WHERE queue_id = ? ORDER BY sequence",
      [queueId],
    );

  describe("of Redis", () => {
    let without: CoreContext;
    before(async () => {
      without = (await opened().another({ REDIS_URL: "redis://127.0.0.1:1" })).core;
    });

    it("refuses join, status, leave and promotion with a retryable error", async () => {
      const input = { queueId, userId: newUserId() };
      expect(
        await tally([
          joinQueue(without, input),
          queueStatus(without, input),
          leaveQueue(without, input),
          promoteWaiting(without, input),
        ]),
      ).to.deep.equal({ [AWAY]: 4 });
      expect(await failureOf(joinQueue(without, input))).to.include({ retryable: true });
    });

    it("admits only with the token of an active place, until the admission ends", async () => {
      const { userId, token: waitingToken } = await join();
      await promoteWaiting(core, { queueId });
      const { token } = await queueStatus(core, { queueId, userId });
      expect(await admitToken(without, token)).to.include({ userId, queueId });
      expect(codeOf(await failureOf(admitToken(without, waitingToken)))).to.equal(AWAY);

      const claims = core.tokens.verify(token);
      const over = core.tokens.sign({ ...claims, activeUntilMs: core.clock.nowMs() - 1 });
      expect(codeOf(await failureOf(admitToken(without, over)))).to.equal(AWAY);
      const voided = core.tokens.sign({ ...claims, epoch: 9 });
      expect(codeOf(await failureOf(admitToken(without, voided)))).to.equal("QUEUE_TOKEN_INVALID");
      expect(codeOf(await failureOf(admitToken(without, `${token}x`)))).to.equal(
        "QUEUE_TOKEN_INVALID",
      );
    });

    it("ends an admission without an error, and logs a warning", async () => {
      const { core: alone, log } = await opened().another({ REDIS_URL: "redis://127.0.0.1:1" });
      await releaseAdmission(alone, { queueId, userId: 1, reason: "PAID" });
      const warnings = log.lines.filter(({ level }) => level === "warn");
      const events = warnings.map(({ fields }) => fields.event);
      expect(events.filter((event) => event === "queue.admission_not_released")).to.have.length(1);
    });
  });

  describe("of MySQL", () => {
    const away = (): Promise<never> => Promise.reject(new DependencyUnavailableError("mysql"));

    it("serves join, status and admission in a process that has read the queue", async () => {
      const clock = fakeClock();
      const findQueue = sinon.stub().callsFake(core.admissions.findQueue);
      const process: CoreContext = {
        ...core,
        clock,
        queueState: createQueueState(clock),
        admissions: { ...core.admissions, findQueue },
        withTransaction: away,
      };
      const known = await join();
      await queueStatus(process, { queueId, userId: known.userId });
      findQueue.callsFake(away);
      await clock.advance(60_000);

      const userId = newUserId();
      const { token } = await joinQueue(process, { queueId, userId });
      expect(await queueStatus(process, { queueId, userId })).to.include({ position: 2 });
      expect(codeOf(await failureOf(admitToken(process, token)))).to.equal(
        "QUEUE_TOKEN_NOT_ACTIVE",
      );
      expect(findQueue.callCount).to.be.above(1);
    });

    it("reads a queue from MySQL once for 100 joins, and again some seconds later", async () => {
      const clock = fakeClock();
      const findQueue = sinon.stub().callsFake(core.admissions.findQueue);
      const process: CoreContext = {
        ...core,
        clock,
        queueState: createQueueState(clock),
        admissions: { ...core.admissions, findQueue },
      };
      await joinQueue(process, { queueId, userId: newUserId() });
      const callsToRebuild = findQueue.callCount;
      const joins = Array.from({ length: 100 }, () =>
        joinQueue(process, { queueId, userId: newUserId() }),
      );
      await Promise.all(joins);
      expect(findQueue.callCount).to.equal(callsToRebuild);
      await clock.advance(4_000);
      await joinQueue(process, { queueId, userId: newUserId() });
      expect(findQueue.callCount).to.equal(callsToRebuild + 1);
    });

    it("refuses a join in a process that has never read the queue", async () => {
      const process: CoreContext = {
        ...core,
        queueState: createQueueState(core.clock),
        admissions: { ...core.admissions, findQueue: away },
        withTransaction: away,
      };
      const failure = await failureOf(joinQueue(process, { queueId, userId: 1 }));
      expect(codeOf(failure)).to.equal(AWAY);
    });

    it("admits no more users until a promoter's batch is recorded", async () => {
      const withTransaction = sinon.stub().callsFake(core.withTransaction);
      const queueState = createQueueState(core.clock);
      const promoter: CoreContext = { ...core, queueState, withTransaction };
      const { userId } = await join();
      withTransaction.callsFake(away);
      expect(codeOf(await failureOf(promoteWaiting(promoter, { queueId })))).to.equal(AWAY);
      const next = await join();
      expect(codeOf(await failureOf(promoteWaiting(promoter, { queueId })))).to.equal(AWAY);
      expect(await queueStatus(core, { queueId, ...next })).to.include({ status: "WAITING" });

      withTransaction.callsFake(core.withTransaction);
      expect(await promoteWaiting(promoter, { queueId })).to.include({ promoted: 1, active: 2 });
      expect((await promotions()).map((row) => row.user_id)).to.deep.equal([userId, next.userId]);
    });

    it("drops a promoter's batch when Redis lost the queue before it was recorded", async () => {
      const withTransaction = sinon.stub().callsFake(core.withTransaction);
      const queueState = createQueueState(core.clock);
      const promoter: CoreContext = { ...core, queueState, withTransaction };
      const admitted = [await join(), await join(), await join()];
      withTransaction.callsFake(away);
      await failureOf(promoteWaiting(promoter, { queueId }));
      await loseRedis(opened().stack, queueId);
      const newcomer = await join();

      withTransaction.callsFake(core.withTransaction);
      for (const [index, { userId, token }] of admitted.entries()) {
        const place = await queueStatus(core, { queueId, userId, token });
        expect(place).to.include({ status: "WAITING", position: index + 1 });
      }
      expect(await promoteWaiting(promoter, { queueId })).to.deep.equal({
        promoted: 0,
        waiting: 4,
        active: 0,
      });
      expect(await promotions()).to.deep.equal([]);
      expect(await queueStatus(core, { queueId, ...newcomer })).to.include({ position: 4 });
    });

    it("records the admissions of a promoter that died", async () => {
      const queueState = createQueueState(core.clock);
      const dying: CoreContext = { ...core, queueState, withTransaction: away };
      const { userId } = await join();
      await failureOf(promoteWaiting(dying, { queueId }));
      await eventually(async () => {
        await promoteWaiting(core, { queueId });
        return (await promotions()).length > 0;
      });
      await releaseAdmission(core, { queueId, userId, reason: "PAID" });
      await promoteWaiting(core, { queueId });
      expect(await promotions()).to.deep.equal([{ user_id: userId, end_reason: "PAID" }]);
    });
  });

  it("releaseAdmission does not swallow an error that a bug in the product causes", async () => {
    const mistaken: CoreContext = {
      ...core,
      queue: { ...core.queue, leave: () => Promise.reject(new TypeError("ours")) },
    };
    const release = releaseAdmission(mistaken, { queueId, userId: 1, reason: "PAID" });
    expect(await failureOf(release)).to.be.instanceOf(TypeError);
  });
});
