import { expect } from "chai";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { joinQueue } from "../../../src/queue/joinQueue.ts";
import { leaveQueue } from "../../../src/queue/leaveQueue.ts";
import { queueStatus } from "../../../src/queue/queueStatus.ts";
import { codeOf, failureOf, newUserId } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

const queueId = QUEUE_ID;
const WITHOUT_PLACE = {
  "another user": { userId: 10 },
  "another queue": { queueId: "other" },
  "another epoch": { epoch: 2 },
};

describe("joinQueue", () => {
  const current = useMemoryQueue();
  const userId = newUserId();

  it("makes one call to Redis when the process has read the queue", async () => {
    const { callsOf, join } = current();
    for (let ahead = 0; ahead < 3; ahead += 1) await join(newUserId());
    const calls = await callsOf(async () => {
      expect(await join(userId)).to.include({ status: "WAITING", position: 4, ahead: 3 });
      expect(await join(userId)).to.include({ status: "WAITING", position: 4, ahead: 3 });
    });
    expect(calls).to.deep.equal(["redis queue.join", "redis queue.join"]);
  });

  it("signs a token for the place", async () => {
    const { claimsOf, clock, core, join } = current();
    const ticket = await join(userId);
    const place = await core.queue.place(queueId, userId);
    expect(claimsOf(ticket)).to.deep.equal({
      queueId,
      userId,
      sequence: "sequence" in place && place.sequence,
      epoch: 1,
      issuedAtMs: clock.nowMs(),
      pollAfterMs: ticket.pollAfterMs,
      activeUntilMs: undefined,
    });
  });

  it("refuses new users while the queue is draining", async () => {
    const { core, join } = current();
    await configureQueue(core, { queueId, settings: { mode: "draining" } });
    expect(codeOf(await failureOf(join(userId)))).to.equal("QUEUE_CLOSED");
    expect(await core.queue.place(queueId, userId)).to.deep.equal({ status: "NONE" });
  });

  it("creates the default queue at its first use, and no other", async () => {
    const { core } = current();
    const unknown = joinQueue(core, { queueId: "unknown", userId });
    expect(codeOf(await failureOf(unknown))).to.equal("QUEUE_NOT_FOUND");
    expect(await joinQueue(core, { queueId: "main", userId })).to.include({ queueId: "main" });
    expect(await core.admissions.listQueueIds(null)).to.have.members([queueId, "main"]);
  });

  it("refuses an invalid queue id without a call", async () => {
    const { callsOf, core } = current();
    const calls = await callsOf(async () => {
      const failure = await failureOf(joinQueue(core, { queueId: "a}{b", userId }));
      expect(codeOf(failure)).to.equal("QUEUE_NOT_FOUND");
    });
    expect(calls).to.deep.equal([]);
  });

  describe("with an earlier token", () => {
    it("keeps the place that Redis has, with one call", async () => {
      const { callsOf, claimsOf, join } = current();
      const first = await join(userId);
      const calls = await callsOf(async () => {
        expect(claimsOf(await join(userId, first.token)).sequence).to.equal(
          claimsOf(first).sequence,
        );
      });
      expect(calls).to.deep.equal(["redis queue.place"]);
    });

    it("restores the token's place after a loss, ahead of users who joined since", async () => {
      const { claimsOf, join, loseRedis } = current();
      const first = await join(userId);
      loseRedis();
      await join(newUserId());
      const again = await join(userId, first.token);
      expect(again).to.include({ status: "WAITING", position: 1 });
      expect(claimsOf(again).sequence).to.equal(claimsOf(first).sequence);
    });

    it("restores the token's place when a join without a token made a younger place", async () => {
      const { claimsOf, join, loseRedis } = current();
      const first = await join(userId);
      loseRedis();
      const younger = await join(userId);
      expect(claimsOf(younger).sequence).to.be.greaterThan(claimsOf(first).sequence);
      const again = await join(userId, first.token);
      expect(claimsOf(again).sequence).to.equal(claimsOf(first).sequence);
    });

    it("finds a lost place by the token's time of issue when Redis's clock went back", async () => {
      const { claimsOf, join, loseRedis, stats, tokenWith } = current();
      const first = await join(userId);
      loseRedis();
      await join(newUserId());
      const { generationStartedUs } = await stats();
      // The sequence is of a later time than the new generation; the time of issue is earlier.
      const sequence = generationStartedUs + 3_600_000_000;
      const issuedAtMs = Math.floor(generationStartedUs / 1000) - 1;
      const again = await join(userId, tokenWith(first, { sequence, issuedAtMs }));
      expect(claimsOf(again).sequence).to.equal(sequence);
    });

    it("joins at the tail when the token's place was admitted before the loss", async () => {
      const { admitted, claimsOf, core, join, loseRedis, promote } = current();
      const first = await admitted(userId);
      await leaveQueue(core, { queueId, userId });
      await promote();
      loseRedis();
      await join(newUserId());
      const again = await join(userId, first.token);
      expect(again).to.include({ status: "WAITING", position: 2 });
      expect(claimsOf(again).sequence).to.be.greaterThan(claimsOf(first).sequence);
    });

    it("joins at the tail, with no call to MySQL, when Redis lost nothing meanwhile", async () => {
      const { callsOf, core, join } = current();
      const first = await join(userId);
      await leaveQueue(core, { queueId, userId });
      await join(newUserId());
      const calls = await callsOf(async () => {
        expect(await join(userId, first.token)).to.include({ status: "WAITING", position: 2 });
      });
      expect(calls.filter((call) => call.startsWith("mysql"))).to.deep.equal([]);
    });

    for (const [whose, claims] of Object.entries(WITHOUT_PLACE)) {
      it(`joins at the tail when the token is of ${whose}`, async () => {
        const { claimsOf, join, loseRedis, tokenWith } = current();
        const first = await join(userId);
        loseRedis();
        await join(newUserId());
        const again = await join(userId, tokenWith(first, claims));
        expect(again).to.include({ status: "WAITING", position: 2 });
        expect(claimsOf(again).sequence).to.be.greaterThan(claimsOf(first).sequence);
      });
    }
  });
});

describe("queueStatus", () => {
  const current = useMemoryQueue();
  const userId = newUserId();
  const status = (token?: string) => queueStatus(current().core, { queueId, userId, token });

  it("returns, for an active place, a token with the time when the admission ends", async () => {
    const { admitted, claimsOf, clock } = current();
    await admitted(userId);
    const expiresAtMs = clock.nowMs() + 600_000;
    const ticket = await status();
    expect(ticket).to.include({ status: "ACTIVE", position: 0, expiresAtMs });
    expect(claimsOf(ticket).activeUntilMs).to.equal(expiresAtMs);
  });

  it("refuses a user without a place and without a token", async () => {
    expect(codeOf(await failureOf(status()))).to.equal("QUEUE_PLACE_NOT_FOUND");
  });

  it("refuses the token of a place that its user gave up", async () => {
    const { core, join } = current();
    const { token } = await join(userId);
    await leaveQueue(core, { queueId, userId });
    expect(codeOf(await failureOf(status(token)))).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("returns the place in the token, not the later place after a loss", async () => {
    const { claimsOf, core, join, loseRedis } = current();
    const first = await join(userId);
    loseRedis();
    await join(userId);
    expect(claimsOf(await status(first.token)).sequence).to.equal(claimsOf(first).sequence);
    const place = await core.queue.place(queueId, userId);
    expect(place).to.include({ sequence: claimsOf(first).sequence });
  });

  it("refuses the token of an admitted place even when a loss left a younger one", async () => {
    const { admitted, core, join, loseRedis, promote } = current();
    const first = await admitted(userId);
    await leaveQueue(core, { queueId, userId });
    await promote();
    loseRedis();
    const younger = await join(userId);
    expect(younger.status).to.equal("WAITING");
    expect(codeOf(await failureOf(status(first.token)))).to.equal("QUEUE_TOKEN_EXPIRED");
    expect(await status()).to.include({ status: "WAITING", position: 1 });
  });

  it("refuses the token of a lost place when the token is more than a day old", async () => {
    const { clock, join, loseRedis } = current();
    const { token } = await join(userId);
    clock.pass(24 * 3_600_000 + 1);
    loseRedis();
    await join(newUserId());
    expect(codeOf(await failureOf(status(token)))).to.equal("QUEUE_TOKEN_EXPIRED");
    expect(await join(userId, token)).to.include({ position: 2 });
  });

  it("restores a lost place", async () => {
    const { claimsOf, join, loseRedis } = current();
    const first = await join(userId);
    loseRedis();
    expect(claimsOf(await status(first.token)).sequence).to.equal(claimsOf(first).sequence);
  });

  for (const [whose, claims] of Object.entries(WITHOUT_PLACE)) {
    it(`refuses a token of ${whose}`, async () => {
      const { join, tokenWith } = current();
      const ticket = await join(userId);
      const failure = await failureOf(status(tokenWith(ticket, claims)));
      expect(codeOf(failure)).to.equal("QUEUE_TOKEN_INVALID");
    });
  }
});

describe("leaveQueue", () => {
  const current = useMemoryQueue();
  const userId = newUserId();

  it("rebuilds a lost queue before the admission ends, so that MySQL records the end", async () => {
    const { admitted, claimsOf, core, loseRedis, promote, stats } = current();
    const { sequence } = claimsOf(await admitted(userId));
    loseRedis();
    await leaveQueue(core, { queueId, userId });
    expect((await stats()).activeCount).to.equal(0);
    await promote();
    expect(await core.admissions.findAdmission(null, queueId, sequence)).to.include({
      ended: true,
    });
    loseRedis();
    await promote();
    expect((await stats()).activeCount).to.equal(0);
  });
});
