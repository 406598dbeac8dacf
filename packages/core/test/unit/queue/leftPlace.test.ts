import { expect } from "chai";
import { admitActive } from "../../../src/queue/admitActive.ts";
import { joinQueue } from "../../../src/queue/joinQueue.ts";
import { leaveQueue } from "../../../src/queue/leaveQueue.ts";
import { queueStatus } from "../../../src/queue/queueStatus.ts";
import type { QueueTicket } from "../../../src/queue/queueTicket.ts";
import { verifyQueueToken } from "../../../src/queue/verifyQueueToken.ts";
import { evictBuyer } from "../../../src/reservation/evictBuyer.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

const queueId = QUEUE_ID;
const LEAVER = 100;
const HOUR_MS = 3_600_000;

describe("the token of a place that was given up", () => {
  const current = useMemoryQueue();

  const status = ({ token, userId }: QueueTicket) =>
    queueStatus(current().core, { queueId, userId, token });
  const refusalOf = async (ticket: QueueTicket) => codeOf(await failureOf(status(ticket)));
  const leave = ({ token, userId }: QueueTicket) =>
    leaveQueue(current().core, { queueId, userId, token });
  const lose = (): void => current().servers.redisState.lose();
  const joinOthers = async (): Promise<void> => {
    for (let userId = 1; userId <= 30; userId += 1) await current().join(userId);
  };

  it("restores nothing after Redis has lost the queue", async () => {
    const { core, join } = current();
    const left = await join(LEAVER);
    expect(await leave(left)).to.equal("ENDED");
    lose();
    await joinOthers();
    expect(await refusalOf(left)).to.equal("QUEUE_TOKEN_EXPIRED");
    const admitted = failureOf(admitActive(core, core.tokens.verify(left.token)));
    expect(codeOf(await admitted)).to.equal("QUEUE_TOKEN_EXPIRED");
    const again = await joinQueue(core, { queueId, userId: LEAVER, token: left.token });
    expect(again.position, "at the tail").to.equal(31);
  });

  it("restores no admission that was left, or evicted, just before the loss", async () => {
    const { core, admitted } = current();
    const left = await admitted(LEAVER);
    const evicted = await admitted(LEAVER + 1);
    expect(await leave(left)).to.equal("ENDED");
    const { sequence } = current().claimsOf(evicted);
    const { userId } = evicted;
    await evictBuyer(core, { queueId, userId, sequence, reservationIds: [] });
    lose();
    await joinOthers();
    expect(await refusalOf(left)).to.equal("QUEUE_TOKEN_EXPIRED");
    expect(await refusalOf(evicted)).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("restores nothing after further losses, and after a leave that was repeated", async () => {
    const left = await current().join(LEAVER);
    await leave(left);
    lose();
    expect(await leave(left)).to.equal("NONE");
    lose();
    await joinOthers();
    expect(await refusalOf(left)).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("restores nothing when the leave itself came after the loss", async () => {
    const left = await current().join(LEAVER);
    lose();
    await leave(left);
    await joinOthers();
    expect(await refusalOf(left)).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("does not end a later place of its user", async () => {
    const { join } = current();
    const left = await join(LEAVER);
    await leave(left);
    const later = await join(LEAVER);
    lose();
    await joinOthers();
    expect(await refusalOf(left)).to.equal("QUEUE_TOKEN_EXPIRED");
    expect(await status(later)).to.include({ status: "WAITING", position: 1 });
  });

  it("is recorded again by a repetition when MySQL did not answer the first time", async () => {
    const left = await current().join(LEAVER);
    current().loseCalls(/admissions\.recordLeft/);
    expect(codeOf(await failureOf(leave(left)))).to.equal("DEPENDENCY_UNAVAILABLE");
    current().restoreCalls();
    expect(await leave(left)).to.equal("NONE");
    lose();
    await joinOthers();
    expect(await refusalOf(left)).to.equal("QUEUE_TOKEN_EXPIRED");
  });
});

describe("an old token, after Redis has lost the queue", () => {
  const current = useMemoryQueue();
  const refusalOf = async ({ token, userId }: QueueTicket) =>
    codeOf(await failureOf(queueStatus(current().core, { queueId, userId, token })));

  it("restores the place of a buyer whom a long outage kept from polling", async () => {
    const { clock, core, join, servers } = current();
    const ticket = await join(LEAVER);
    clock.pass(HOUR_MS - 1_000);
    servers.redisState.lose();
    await join(1);
    const { token } = ticket;
    const back = await queueStatus(core, { queueId, userId: LEAVER, token });
    expect(back).to.include({ status: "WAITING", position: 1 });
  });

  it("restores nothing when its buyer had stopped polling long before the loss", async () => {
    const { clock, join, servers } = current();
    const ticket = await join(LEAVER);
    clock.pass(HOUR_MS + ticket.pollAfterMs + 1_000);
    servers.redisState.lose();
    await join(1);
    expect(await refusalOf(ticket)).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("is refused when it is more than a day old, also while its place waits", async () => {
    const { clock, core, join } = current();
    const { token } = await join(LEAVER);
    clock.pass(24 * HOUR_MS);
    expect(verifyQueueToken(core, token).userId).to.equal(LEAVER);
    clock.pass(1);
    const refusal = failureOf((async () => verifyQueueToken(core, token))());
    expect(codeOf(await refusal)).to.equal("QUEUE_TOKEN_EXPIRED");
  });
});
