import { expect } from "chai";
import { leaveQueue } from "../../../src/queue/leaveQueue.ts";
import { queueStatus } from "../../../src/queue/queueStatus.ts";
import { releaseAdmission } from "../../../src/queue/releaseAdmission.ts";
import { verifyQueueToken } from "../../../src/queue/verifyQueueToken.ts";
import { admitToken } from "../../support/admitToken.ts";
import { codeOf, failureOf, newUserId } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

describe("admitActive", () => {
  const current = useMemoryQueue();
  const userId = newUserId();
  const admit = (token: string) => admitToken(current().core, token);

  it("admits a buyer with an active place with one call to Redis", async () => {
    const { admitted, callsOf, core } = current();
    const { token } = await admitted(userId);
    const calls = await callsOf(async () => {
      const activeUntilMs = core.clock.nowMs() + 600_000;
      expect(await admit(token)).to.include({ userId, queueId: QUEUE_ID, activeUntilMs });
    });
    expect(calls).to.deep.equal(["redis queue.place"]);
  });

  it("refuses a waiting buyer, with the position and the time of the next poll", async () => {
    const { join } = current();
    for (let ahead = 0; ahead < 3; ahead += 1) await join(newUserId());
    const { token } = await join(userId);
    expect(await failureOf(admit(token))).to.deep.include({
      code: "QUEUE_TOKEN_NOT_ACTIVE",
      details: { position: 4, pollAfterMs: 500 },
    });
  });

  it("refuses the token of a place that its buyer gave up", async () => {
    const { admitted, core } = current();
    const { token } = await admitted(userId);
    await leaveQueue(core, { queueId: QUEUE_ID, userId });
    expect(codeOf(await failureOf(admit(token)))).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("refuses a token of another epoch without a call to Redis", async () => {
    const { admitted, callsOf, tokenWith, claimsOf } = current();
    const ticket = await admitted(userId);
    const token = tokenWith(ticket, { epoch: claimsOf(ticket).epoch + 1 });
    const calls = await callsOf(async () => {
      expect(codeOf(await failureOf(admit(token)))).to.equal("QUEUE_TOKEN_INVALID");
    });
    expect(calls).to.deep.equal([]);
  });

  it("returns a waiting buyer to the same sequence after Redis lost the queue", async () => {
    const { join, loseRedis, core, claimsOf } = current();
    const ticket = await join(userId);
    loseRedis();
    expect(codeOf(await failureOf(admit(ticket.token)))).to.equal("QUEUE_TOKEN_NOT_ACTIVE");
    expect(await core.queue.place(QUEUE_ID, userId)).to.include({
      status: "WAITING",
      sequence: claimsOf(ticket).sequence,
    });
  });

  describe("while Redis does not answer", () => {
    it("admits with the token of an active place until the admission ends", async () => {
      const { admitted, clock, core, loseCalls } = current();
      await admitted(userId);
      const { token, expiresAtMs = 0 } = await queueStatus(core, { queueId: QUEUE_ID, userId });
      loseCalls(/^redis/);
      clock.pass(expiresAtMs - 1 - clock.nowMs());
      expect(await admit(token)).to.include({ userId });
      clock.pass(1);
      expect(codeOf(await failureOf(admit(token)))).to.equal("DEPENDENCY_UNAVAILABLE");
    });

    it("refuses a token that was signed while its buyer waited", async () => {
      const { admitted, loseCalls } = current();
      const { token } = await admitted(userId);
      loseCalls(/^redis/);
      expect(codeOf(await failureOf(admit(token)))).to.equal("DEPENDENCY_UNAVAILABLE");
    });
  });

  it("admits with the token while a lost queue cannot be rebuilt from MySQL", async () => {
    const { admitted, core, loseCalls, loseRedis } = current();
    await admitted(userId);
    const { token } = await queueStatus(core, { queueId: QUEUE_ID, userId });
    loseRedis();
    loseCalls(/^mysql/);
    expect(await admit(token)).to.include({ userId });
  });
});

describe("verifyQueueToken", () => {
  const current = useMemoryQueue();

  it("reads the claims of a token of any epoch without a call", async () => {
    const { join, callsOf, core, tokenWith } = current();
    const userId = newUserId();
    const token = tokenWith(await join(userId), { epoch: 7 });
    const calls = await callsOf(async () => {
      expect(verifyQueueToken(core, token)).to.include({ userId, epoch: 7 });
    });
    expect(calls).to.deep.equal([]);
  });
});

describe("releaseAdmission", () => {
  const current = useMemoryQueue();
  const userId = newUserId();
  const input = { queueId: QUEUE_ID, userId, reason: "PAID" } as const;
  const release = () => releaseAdmission(current().core, input);
  const status = async () => (await current().core.queue.place(QUEUE_ID, userId)).status;

  it("frees the active slot with one call to Redis", async () => {
    const { admitted, callsOf, stats } = current();
    await admitted(userId);
    expect(await callsOf(release)).to.deep.equal(["redis queue.leave"]);
    expect((await stats()).activeCount).to.equal(0);
    expect(await status()).to.equal("NONE");
  });

  it("does not throw while Redis does not answer; the slot becomes free in time", async () => {
    const { admitted, clock, loseCalls, restoreCalls, log } = current();
    await admitted(userId);
    loseCalls(/^redis/);
    await release();
    restoreCalls();
    expect(log.lines.at(-1)).to.deep.include({ level: "warn" });
    expect(await status()).to.equal("ACTIVE");
    clock.pass(600_000);
    expect(await status()).to.equal("NONE");
  });

  it("does not throw while a lost queue cannot be rebuilt from MySQL", async () => {
    const { admitted, loseCalls, loseRedis, log } = current();
    await admitted(userId);
    loseRedis();
    loseCalls(/^mysql/);
    await release();
    expect(log.lines.at(-1)).to.deep.include({ level: "warn" });
  });

  it("does not swallow an error that a bug in the product causes", async () => {
    const { core } = current();
    const queue = { ...core.queue, leave: () => Promise.reject(new TypeError("a bug")) };
    const failure = await failureOf(releaseAdmission({ ...core, queue }, input));
    expect(failure).to.be.instanceOf(TypeError);
  });
});
