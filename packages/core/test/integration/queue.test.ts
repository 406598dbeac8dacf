import { expect } from "chai";
import { createConcert } from "../../src/catalog/createConcert.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { configureQueue } from "../../src/queue/configureQueue.ts";
import { joinQueue } from "../../src/queue/joinQueue.ts";
import { leaveQueue } from "../../src/queue/leaveQueue.ts";
import { promoteWaiting } from "../../src/queue/promoteWaiting.ts";
import { queueStatus } from "../../src/queue/queueStatus.ts";
import { releaseAdmission } from "../../src/queue/releaseAdmission.ts";
import { verifyQueueToken } from "../../src/queue/verifyQueueToken.ts";
import { admitToken } from "../support/admitToken.ts";
import { codeOf, failureOf, newUserId, tally } from "../support/fixtures.ts";
import { eventually } from "../support/privateRedis.ts";
import { useTestCore } from "../support/testCore.ts";

const WIDE = {
  REDIS_COMMAND_TIMEOUT_MS: "5000",
  QUEUE_ACTIVE_COUNT_MAX: "1000",
  QUEUE_ADMISSION_RATE_PER_MINUTE: "60000",
  QUEUE_ACTIVE_TTL_MS: "600000",
  QUEUE_ACTIVATION_MS: "60000",
};

describe("queue", () => {
  const opened = useTestCore(WIDE);
  let core: CoreContext;
  let queueId: string;
  let queueCount = 0;

  beforeEach("a waiting room of its own", async () => {
    core = opened().core;
    queueCount += 1;
    queueId = `room-${queueCount}`;
    await createConcert(core, { title: "Rush", singer: "The Locks", queueId });
  });

  async function active(): Promise<{ userId: number; token: string }> {
    const userId = newUserId();
    await joinQueue(core, { queueId, userId });
    await promoteWaiting(core, { queueId });
    const { token, status } = await queueStatus(core, { queueId, userId });
    expect(status).to.equal("ACTIVE");
    return { userId, token };
  }

  const rows = () =>
    opened().sql(
      `SELECT user_id, sequence, end_reason, ended_at_us IS NOT NULL AS ended
       FROM queue_admissions WHERE queue_id = ? ORDER BY sequence`,
      [queueId],
    );

  it("treats queue ids that differ only in case as different queues", async () => {
    const other = queueId.toUpperCase();
    const unknown = await failureOf(
      joinQueue(core, { queueId: queueId.replace("room", "Room"), userId: newUserId() }),
    );
    expect(codeOf(unknown)).to.equal("QUEUE_NOT_FOUND");
    await createConcert(core, { title: "Rush", singer: "The Locks", queueId: other });
    const userId = newUserId();
    const { token } = await joinQueue(core, { queueId: other, userId });
    expect(verifyQueueToken(core, token)).to.include({ queueId: other });
    await promoteWaiting(core, { queueId: other });
    expect(await queueStatus(core, { queueId: other, userId })).to.include({ status: "ACTIVE" });
    expect(await rows()).to.deep.equal([]);
  });

  it("serves a buyer who joins, is admitted and pays, and ends the admission", async () => {
    const userId = newUserId();
    const joined = await joinQueue(core, { queueId, userId });
    expect(joined).to.include({ status: "WAITING", position: 1, ahead: 0, queueId, userId });
    expect(await failureOf(admitToken(core, joined.token))).to.deep.include({
      code: "QUEUE_TOKEN_NOT_ACTIVE",
    });

    expect(await promoteWaiting(core, { queueId })).to.deep.equal({
      promoted: 1,
      waiting: 0,
      active: 1,
    });
    const status = await queueStatus(core, { queueId, userId, token: joined.token });
    expect(status).to.include({ status: "ACTIVE", position: 0 });
    expect(verifyQueueToken(core, status.token).activeUntilMs).to.equal(status.expiresAtMs);

    for (const token of [joined.token, status.token]) {
      expect(await admitToken(core, token)).to.include({
        queueId,
        userId,
        activeUntilMs: status.expiresAtMs,
      });
    }

    await releaseAdmission(core, { queueId, userId, reason: "PAID" });
    expect(codeOf(await failureOf(admitToken(core, status.token)))).to.equal("QUEUE_TOKEN_EXPIRED");
    await promoteWaiting(core, { queueId });
    const { sequence } = verifyQueueToken(core, joined.token);
    expect(await rows()).to.deep.equal([
      { user_id: userId, sequence, end_reason: "PAID", ended: 1 },
    ]);
  });

  it("creates the queue main at the first join", async () => {
    expect(await joinQueue(core, { queueId: "main", userId: newUserId() })).to.include({
      status: "WAITING",
    });
    expect(await core.admissions.findQueue(null, "main")).to.deep.equal({
      queueId: "main",
      epoch: 1,
      settings: {
        activeCountMax: 1000,
        admissionRatePerMinute: 60_000,
        activeTtlMs: 600_000,
        activationMs: 60_000,
        mode: "open",
      },
      settingsVersion: 0,
    });
  });

  for (const unknown of ["no-such-room", "", "a}{b", "x".repeat(65), "한국"]) {
    it(`answers QUEUE_NOT_FOUND for the queue id "${unknown.slice(0, 20)}"`, async () => {
      const input = { queueId: unknown, userId: 1 };
      expect(
        await tally([joinQueue(core, input), queueStatus(core, input), leaveQueue(core, input)]),
      ).to.deep.equal({ QUEUE_NOT_FOUND: 3 });
    });
  }

  it("returns the same place to a user who joins again", async () => {
    const userId = newUserId();
    const first = await joinQueue(core, { queueId, userId });
    await joinQueue(core, { queueId, userId: newUserId() });
    const again = await joinQueue(core, { queueId, userId, token: first.token });
    expect(again.position).to.equal(1);
    expect(verifyQueueToken(core, again.token).sequence).to.equal(
      verifyQueueToken(core, first.token).sequence,
    );
  });

  it("ignores a token of another user at a join, and refuses it at a status request", async () => {
    const stranger = await joinQueue(core, { queueId, userId: newUserId() });
    const userId = newUserId();
    const { token } = stranger;
    expect(codeOf(await failureOf(queueStatus(core, { queueId, userId, token })))).to.equal(
      "QUEUE_TOKEN_INVALID",
    );
    expect(await joinQueue(core, { queueId, userId, token })).to.include({ position: 2, userId });
  });

  it("answers QUEUE_PLACE_NOT_FOUND to a user who never joined", async () => {
    const input = { queueId, userId: newUserId() };
    expect(codeOf(await failureOf(queueStatus(core, input)))).to.equal("QUEUE_PLACE_NOT_FOUND");
  });

  it("refuses the token of an ended place, and puts a new join at the tail", async () => {
    const { userId, token } = await active();
    await leaveQueue(core, { queueId, userId });
    expect(codeOf(await failureOf(queueStatus(core, { queueId, userId, token })))).to.equal(
      "QUEUE_TOKEN_EXPIRED",
    );
    await joinQueue(core, { queueId, userId: newUserId() });
    expect(await joinQueue(core, { queueId, userId, token })).to.include({ position: 2 });
  });

  it("accepts a repeated leave of a waiting and of an active user", async () => {
    const { userId } = await active();
    const waiting = newUserId();
    await joinQueue(core, { queueId, userId: waiting });
    for (const leaver of [userId, userId, waiting, waiting]) {
      await leaveQueue(core, { queueId, userId: leaver });
    }
    expect(await promoteWaiting(core, { queueId })).to.deep.equal({
      promoted: 0,
      waiting: 0,
      active: 0,
    });
  });

  it("refuses tokens of an earlier epoch, except at a join", async () => {
    const { userId, token } = await active();
    await opened().sql("UPDATE queues SET epoch = 2 WHERE id = ?", [queueId]);
    const { core: other } = await opened().another();
    expect(
      await tally([admitToken(other, token), queueStatus(other, { queueId, userId, token })]),
    ).to.deep.equal({ QUEUE_TOKEN_INVALID: 2 });
    const renewed = await joinQueue(other, { queueId, userId, token });
    expect(await admitToken(other, renewed.token)).to.include({ epoch: 2 });
  });

  it("keeps the cap while two processes promote, and records each admission once", async () => {
    await configureQueue(core, { queueId, settings: { activeCountMax: 25 } });
    const { core: other } = await opened().another();
    const userIds = Array.from({ length: 100 }, newUserId);
    for (const userId of userIds) await joinQueue(core, { queueId, userId });
    const results = await Promise.all(
      Array.from({ length: 20 }, (_unused, i) => promoteWaiting(i % 2 ? core : other, { queueId })),
    );
    expect(results.reduce((sum, result) => sum + result.promoted, 0)).to.equal(25);
    expect((await rows()).map((row) => row.user_id)).to.deep.equal(userIds.slice(0, 25));
  });

  it("gives each free slot to the next buyer while 60 buyers come and go", async () => {
    await configureQueue(core, { queueId, settings: { activeCountMax: 7 } });
    const userIds = Array.from({ length: 60 }, newUserId);
    await Promise.all(userIds.map((userId) => joinQueue(core, { queueId, userId })));
    const seen = new Set<number>();
    await eventually(async () => {
      const { active: count } = await promoteWaiting(core, { queueId });
      expect(count).to.be.at.most(7);
      const live = (await rows()).filter((row) => row.ended === 0);
      await Promise.all(
        live.map(async (row) => {
          const userId = Number(row.user_id);
          seen.add(userId);
          await releaseAdmission(core, { queueId, userId, reason: "PAID" });
        }),
      );
      return seen.size === userIds.length;
    });
    await promoteWaiting(core, { queueId });
    const all = await rows();
    expect(all).to.have.length(60);
    expect(all.every((row) => row.end_reason === "PAID")).to.equal(true);
  });

  describe("changes of settings", () => {
    it("take effect immediately and are stored in MySQL", async () => {
      await configureQueue(core, { queueId, settings: { mode: "paused" } });
      await joinQueue(core, { queueId, userId: newUserId() });
      expect(await promoteWaiting(core, { queueId })).to.include({ promoted: 0, waiting: 1 });
      await configureQueue(core, { queueId, settings: { mode: "draining", activeCountMax: 5 } });
      expect(await promoteWaiting(core, { queueId })).to.include({ promoted: 1 });
      const input = { queueId, userId: newUserId() };
      expect(codeOf(await failureOf(joinQueue(core, input)))).to.equal("QUEUE_CLOSED");
      expect((await core.admissions.findQueue(null, queueId))?.settings).to.include({
        mode: "draining",
        activeCountMax: 5,
        admissionRatePerMinute: 60_000,
      });
    });

    for (const settings of [
      { activeCountMax: 0 },
      { activeCountMax: 1.5 },
      { admissionRatePerMinute: -1 },
      { activeTtlMs: Number.NaN },
      { activationMs: 25 * 60 * 60 * 1000 },
    ]) {
      it(`are refused with ${JSON.stringify(settings)}`, async () => {
        const failure = await failureOf(configureQueue(core, { queueId, settings }));
        expect(codeOf(failure)).to.equal("INVALID_INPUT");
        expect((await core.admissions.findQueue(null, queueId))?.settings.activeCountMax).to.equal(
          1000,
        );
      });
    }

    it("are refused for an unknown queue", async () => {
      const change = configureQueue(core, { queueId: "nowhere", settings: { mode: "paused" } });
      expect(codeOf(await failureOf(change))).to.equal("QUEUE_NOT_FOUND");
    });
  });
});
