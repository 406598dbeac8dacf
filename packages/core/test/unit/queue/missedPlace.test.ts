import { expect } from "chai";
import { admitActive } from "../../../src/queue/admitActive.ts";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { QueueTokenNotActiveError } from "../../../src/queue/errors.ts";
import { leaveQueue } from "../../../src/queue/leaveQueue.ts";
import { queueStatus } from "../../../src/queue/queueStatus.ts";
import type { QueueTicket } from "../../../src/queue/queueTicket.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

const queueId = QUEUE_ID;
const ACTIVATION_MS = 60_000;
const LINE = 400;
const LAST = LINE;
const BEHIND = LINE + 1;

/**
 * A hall with two slots and a long line whose buyers may poll rarely, so that the last buyer is
 * advised to pause for minutes.
 */
const settings = { activeCountMax: 2, admissionRatePerMinute: 120, activationMs: ACTIVATION_MS };
const overrides = { QUEUE_POLLS_PER_SECOND: "1" };

describe("a buyer who misses the admission during an advised pause", () => {
  const current = useMemoryQueue(settings, { overrides });
  const status = (token: string) => queueStatus(current().core, { queueId, userId: LAST, token });
  const leave = (userId: number) => leaveQueue(current().core, { queueId, userId });

  /** The buyer at the end of a long line. Then all buyers ahead leave. */
  async function lastInLine(): Promise<QueueTicket> {
    const { join } = current();
    for (let userId = 1; userId < LAST; userId += 1) await join(userId);
    const ticket = await join(LAST);
    for (let userId = 1; userId < LAST; userId += 1) await leave(userId);
    return ticket;
  }

  /** The same buyer, who was admitted and has missed the admission. A later buyer got the slot. */
  async function missed(): Promise<QueueTicket> {
    const ticket = await lastInLine();
    const { clock, join, promote } = current();
    await promote();
    await join(BEHIND);
    clock.pass(ACTIVATION_MS + 1);
    await promote();
    await promote();
    return ticket;
  }

  /** Passes the rest of the advised pause. */
  function passPause({ pollAfterMs }: QueueTicket): void {
    current().clock.pass(pollAfterMs - ACTIVATION_MS - 1);
  }

  const sequenceOf = (ticket: QueueTicket): number => current().claimsOf(ticket).sequence;

  it("is advised a pause that is longer than the activation time", async () => {
    expect((await lastInLine()).pollAfterMs).to.be.above(2 * ACTIVATION_MS);
  });

  it("keeps the place when all buyers ahead leave", async () => {
    const { claimsOf, metrics, promote } = current();
    const ticket = await missed();
    passPause(ticket);
    const back = await status(ticket.token);
    expect(back).to.include({ status: "WAITING", position: 1 });
    expect(sequenceOf(back)).to.equal(sequenceOf(ticket));
    expect(metrics.counted("queue_places_returned_total")).to.equal(1);
    await promote();
    const active = await status(back.token);
    expect(active).to.include({ status: "ACTIVE" });
    expect(claimsOf(active).pollAfterMs).to.equal(undefined);
  });

  it("keeps the place when an operator makes the line faster", async () => {
    const { core, join, promote, clock } = current();
    for (let userId = 1; userId < LAST; userId += 1) await join(userId);
    const ticket = await join(LAST);
    await configureQueue(core, {
      queueId,
      settings: { activeCountMax: 1_000, admissionRatePerMinute: 60_000 },
    });
    await promote();
    clock.pass(ACTIVATION_MS + 1);
    await promote();
    passPause(ticket);
    expect(await status(ticket.token)).to.include({ status: "WAITING", position: 1 });
  });

  it("leaves no slot without use: the next buyer gets it", async () => {
    const { core } = current();
    await missed();
    expect(await core.queue.place(queueId, BEHIND, 0)).to.include({ status: "ACTIVE" });
    expect(await core.queue.place(queueId, LAST, 0)).to.include({ status: "MISSED" });
  });

  it("has the activation time after the pause, and no longer", async () => {
    const { clock } = current();
    const ticket = await missed();
    passPause(ticket);
    clock.pass(ACTIVATION_MS + 1);
    expect(codeOf(await failureOf(status(ticket.token)))).to.equal("QUEUE_TOKEN_EXPIRED");
    clock.pass(-1);
    expect(await status(ticket.token)).to.include({ status: "WAITING" });
  });

  it("returns with a join and its token, and not without the token", async () => {
    const { join } = current();
    const ticket = await missed();
    const tail = await join(LAST);
    expect(sequenceOf(tail)).to.be.above(sequenceOf(ticket));
    expect(sequenceOf(await join(LAST, ticket.token))).to.equal(sequenceOf(ticket));
  });

  it("returns with a request for seats", async () => {
    const { core, clock } = current();
    const ticket = await missed();
    const refusal = () => failureOf(admitActive(core, core.tokens.verify(ticket.token)));
    const early = await refusal();
    expect(early).to.be.instanceOf(QueueTokenNotActiveError);
    clock.pass(ticket.pollAfterMs);
    expect(await refusal()).to.have.nested.property("details.position", 1);
  });

  it("gets no pause from a refused request that is longer than the one in its token", async () => {
    const { core, clock, join } = current();
    for (let userId = 1; userId < LAST; userId += 1) await join(userId);
    const ticket = await join(LAST);
    const pause = async () => {
      const error = await failureOf(admitActive(core, core.tokens.verify(ticket.token)));
      return error instanceof QueueTokenNotActiveError ? error.details.pollAfterMs : undefined;
    };
    clock.pass(100_000);
    expect(await pause()).to.equal(ticket.pollAfterMs - 100_000);
    clock.pass(ticket.pollAfterMs);
    expect(await pause()).to.equal(core.config.queue.pollAfterMinMs);
  });

  it("returns once with the same token", async () => {
    const { clock, promote } = current();
    const ticket = await missed();
    await status(ticket.token);
    await promote();
    clock.pass(ACTIVATION_MS + 1);
    await promote();
    expect(codeOf(await failureOf(status(ticket.token)))).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("does not return after leaving", async () => {
    const { core } = current();
    const { token } = await missed();
    expect(await leaveQueue(core, { queueId, userId: LAST, token })).to.equal("ENDED");
    expect(codeOf(await failureOf(status(token)))).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("loses only the missed place when an old page leaves it after a new join", async () => {
    const { core, join, metrics } = current();
    const { token } = await missed();
    const tail = await join(LAST);
    expect(await leaveQueue(core, { queueId, userId: LAST, token })).to.equal("NEWER");
    expect(metrics.counted("queue_places_returned_total")).to.equal(0);
    expect(sequenceOf(await status(tail.token))).to.equal(sequenceOf(tail));
    expect(codeOf(await failureOf(status(token)))).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("does not return with a token of a version that signed no pause", async () => {
    const { tokenWith } = current();
    const ticket = await missed();
    const token = tokenWith(ticket, { pollAfterMs: undefined });
    expect(codeOf(await failureOf(status(token)))).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  describe("and whose queue Redis loses", () => {
    /** The next promotion after the pause that follows a loss. */
    async function promoteAgain() {
      const { clock, passQuietTime, promote } = current();
      await promote();
      passQuietTime();
      // The clock of Redis can be some microseconds ahead.
      clock.pass(10);
      await promote();
    }

    it("returns after the loss", async () => {
      const ticket = await missed();
      current().loseRedis();
      const back = await status(ticket.token);
      expect(back).to.include({ status: "WAITING", position: 1 });
      expect(sequenceOf(back)).to.equal(sequenceOf(ticket));
      await leave(BEHIND);
      await promoteAgain();
      expect(await status(back.token)).to.include({ status: "ACTIVE" });
    });

    it("returns once, also when the loss comes before the return", async () => {
      const { clock, loseRedis, promote } = current();
      const ticket = await missed();
      loseRedis();
      await status(ticket.token);
      await leave(BEHIND);
      await promoteAgain();
      clock.pass(ACTIVATION_MS + 1);
      await promote();
      expect(codeOf(await failureOf(status(ticket.token)))).to.equal("QUEUE_TOKEN_EXPIRED");
    });

    it("is active when the end of the admission was not recorded", async () => {
      const { loseRedis, promote } = current();
      const ticket = await lastInLine();
      await promote();
      loseRedis();
      await promoteAgain();
      passPause(ticket);
      expect(await status(ticket.token)).to.include({ status: "ACTIVE" });
    });

    it("returns long after the pause when the place had returned before the loss", async () => {
      const { clock, loseRedis } = current();
      const ticket = await missed();
      const back = await status(ticket.token);
      loseRedis();
      clock.pass(3_600_000);
      expect(sequenceOf(await status(back.token))).to.equal(sequenceOf(ticket));
    });

    it("does not return after the pause and the activation time", async () => {
      const { clock, loseRedis } = current();
      const ticket = await missed();
      loseRedis();
      clock.pass(ticket.pollAfterMs + ACTIVATION_MS);
      expect(codeOf(await failureOf(status(ticket.token)))).to.equal("QUEUE_TOKEN_EXPIRED");
    });

    it("does not return when the place was admitted a second time", async () => {
      const { clock, loseRedis, promote } = current();
      const ticket = await missed();
      await status(ticket.token);
      await promote();
      clock.pass(ACTIVATION_MS + 1);
      await promote();
      loseRedis();
      expect(codeOf(await failureOf(status(ticket.token)))).to.equal("QUEUE_TOKEN_EXPIRED");
    });
  });
});
