import { expect } from "chai";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { leaveQueue } from "../../../src/queue/leaveQueue.ts";
import { queueStatus } from "../../../src/queue/queueStatus.ts";
import { admitToken } from "../../support/admitToken.ts";
import { codeOf, failureOf, held, makeSale, newUserId } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { operationCases, planOf, runPlanned } from "../../support/operationCases.ts";
import { oneActiveTwoWaiting, placesOf } from "../../support/queuePlaces.ts";

const queueId = QUEUE_ID;

describe("queue.promote", () => {
  const current = useMemoryQueue({ mode: "paused", admissionRatePerMinute: 120 });
  let users: number[] = [];

  operationCases({
    operation: "queue.promote",
    current,
    read: placesOf(current),
    async prepare() {
      users = Array.from({ length: 7 }, newUserId);
      for (const userId of users) await current().join(userId);
      return { queueId, count: 5 };
    },
    disturb: () => leaveQueue(current().core, { queueId, userId: users[0] ?? 0 }),
    async expectDone() {
      const { core } = current();
      const page = { offset: 0, max: 10 };
      const waiting = await core.queue.list(queueId, "WAITING", page);
      const left = "places" in waiting ? waiting.places.map(({ userId }) => userId) : [];
      expect(left).to.deep.equal(users.slice(5));
      expect(await current().stats()).to.deep.include({ activeCount: 5 });
    },
  });

  it("admits no more than the rate and the active count max allow", async () => {
    await configureQueue(current().core, { queueId, settings: { activeCountMax: 3 } });
    for (let n = 0; n < 5; n += 1) await current().join(newUserId());
    const planned = await planOf(current(), "queue.promote", { queueId, count: 5 });
    const first = await runPlanned(current(), planned, { timeoutMs: 1_000 });
    expect(first).to.include({ status: "STOPPED", changed: 2 });
    const second = await runPlanned(current(), planned, { timeoutMs: 5_000 });
    expect(second).to.include({ status: "STOPPED", changed: 3 });
    expect(await current().stats()).to.include({ waitingCount: 2, activeCount: 3 });
  });

  it("counts no earlier admission when a buyer with a missed place waits again", async () => {
    const { core, join, promote, clock } = current();
    await configureQueue(core, { queueId, settings: { mode: "open", activationMs: 1_000 } });
    const users = [newUserId(), newUserId(), newUserId()];
    const [first] = [await join(users[0] ?? 0), await join(users[1] ?? 0)];
    for (const _ of users) {
      await promote();
      clock.pass(1_001);
    }
    await configureQueue(core, { queueId, settings: { mode: "paused", activationMs: 600_000 } });
    await queueStatus(core, { queueId, userId: first.userId, token: first.token });
    await join(users[2] ?? 0);
    const planned = await planOf(current(), "queue.promote", { queueId, count: 2 });
    expect(planned.plan).to.include({ count: 2 });
    const report = await runPlanned(current(), planned);
    expect(report).to.include({ status: "DONE", changed: 2 });
  });

  it("plans only buyers who wait, and nothing in an empty queue", async () => {
    const empty = await planOf(current(), "queue.promote", { queueId, count: 5 });
    expect(empty.plan).to.include({ count: 0 });
    expect(await runPlanned(current(), empty)).to.include({ status: "DONE", changed: 0 });
    await current().join(newUserId());
    const one = await planOf(current(), "queue.promote", { queueId, count: 5 });
    expect(one.plan).to.include({ count: 1 });
  });
});

describe("queue.evict", () => {
  const current = useMemoryQueue();
  let userId = 0;
  let seatIds: readonly number[] = [];
  const reservations = () => current().core.reservations.ofUser(null, userId, { limit: 10 });

  operationCases({
    operation: "queue.evict",
    current,
    read: async () => [await placesOf(current)(), await reservations()],
    async prepare() {
      const { active } = await oneActiveTwoWaiting(current);
      userId = active;
      ({ seatIds } = await makeSale(current().core, 4, { queueId }));
      await held(current().core, userId, seatIds.slice(0, 2), { queueId });
      await held(current().core, userId, seatIds.slice(2, 3), { queueId });
      return { queueId, userId };
    },
    disturb: () => held(current().core, userId, seatIds.slice(3), { queueId }),
    async expectDone() {
      expect(await current().core.queue.place(queueId, userId, 0)).to.include({ status: "NONE" });
      const statuses = (await reservations()).map(({ status }) => status);
      expect(statuses).to.deep.equal(["CANCELLED", "CANCELLED"]);
    },
  });

  it("does not activate the admission that its plan looks at", async () => {
    const { userId: seen } = await current().admitted(newUserId());
    await planOf(current(), "queue.evict", { queueId, userId: seen });
    current().clock.pass(60_001);
    await current().promote();
    expect(await current().core.queue.place(queueId, seen, 0)).to.include({ status: "MISSED" });
  });

  it("ends a missed place, so that its buyer cannot return to it", async () => {
    const { admitted, clock, promote, core } = current();
    const { userId: missed, token } = await admitted(newUserId());
    clock.pass(60_001);
    await promote();
    const planned = await planOf(current(), "queue.evict", { queueId, userId: missed });
    expect(planned.plan.facts).to.include({ place: "MISSED" });
    expect(await runPlanned(current(), planned)).to.include({ status: "DONE" });
    const status = queueStatus(core, { queueId, userId: missed, token });
    expect(codeOf(await failureOf(status))).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("ends a place whose token restores nothing after Redis has lost the queue", async () => {
    const { core, join, loseRedis } = current();
    const { userId: evicted, token } = await join(newUserId());
    const planned = await planOf(current(), "queue.evict", { queueId, userId: evicted });
    await runPlanned(current(), planned);
    loseRedis();
    await join(newUserId());
    const status = queueStatus(core, { queueId, userId: evicted, token });
    expect(codeOf(await failureOf(status))).to.equal("QUEUE_TOKEN_EXPIRED");
    const again = await join(evicted, token);
    expect(again.position, "at the tail").to.equal(2);
  });

  it("leaves a place that the buyer took after the planned one", async () => {
    const ticket = await current().join(newUserId());
    const planned = await planOf(current(), "queue.evict", { queueId, userId: ticket.userId });
    current().loseCalls(/queue\.leave/, "answer");
    await failureOf(runPlanned(current(), planned));
    current().restoreCalls();
    const later = await current().join(ticket.userId);
    expect(await runPlanned(current(), planned)).to.include({ status: "DONE" });
    expect(await queueStatus(current().core, later)).to.include({ status: "WAITING" });
  });
});

describe("queue.revoke", () => {
  const current = useMemoryQueue();

  operationCases({
    operation: "queue.revoke",
    current,
    read: placesOf(current),
    async prepare() {
      await oneActiveTwoWaiting(current);
      return { queueId };
    },
    async disturb() {
      const planned = await planOf(current(), "queue.revoke", { queueId });
      return runPlanned(current(), planned);
    },
    async expectDone() {
      const record = await current().core.admissions.findQueue(null, queueId);
      expect(record).to.include({ epoch: 2 });
    },
  });

  it("makes every earlier token invalid, and buyers keep their places", async () => {
    const { ticket, tickets } = await oneActiveTwoWaiting(current);
    const planned = await planOf(current(), "queue.revoke", { queueId });
    await runPlanned(current(), planned);
    for (const { userId, token } of [ticket, ...tickets]) {
      const admitted = admitToken(current().core, token);
      expect(codeOf(await failureOf(admitted))).to.equal("QUEUE_TOKEN_INVALID");
      const status = queueStatus(current().core, { queueId, userId, token });
      expect(codeOf(await failureOf(status))).to.equal("QUEUE_TOKEN_INVALID");
    }
    const again = await current().join(ticket.userId, ticket.token);
    expect(again).to.include({ status: "ACTIVE" });
    expect(await admitToken(current().core, again.token)).to.include({ userId: again.userId });
    for (const [index, { userId, token }] of tickets.entries()) {
      expect(await current().join(userId, token)).to.include({ position: index + 1 });
    }
  });
});

describe("queue.rebuild", () => {
  const current = useMemoryQueue({ activeTtlMs: 600_000 });

  describe("of a queue that Redis lost", () => {
    operationCases({
      operation: "queue.rebuild",
      current,
      read: placesOf(current),
      async prepare() {
        await oneActiveTwoWaiting(current);
        current().loseRedis();
        return { queueId, discardState: false };
      },
      disturb: () => current().join(newUserId()),
      async expectDone() {
        expect(await current().stats()).to.include({ activeCount: 1 });
      },
    });
  });

  describe("of a queue whose state is discarded", () => {
    operationCases({
      operation: "queue.rebuild",
      current,
      read: placesOf(current),
      async prepare() {
        await oneActiveTwoWaiting(current);
        current().clock.pass(10);
        return { queueId, discardState: true };
      },
      async disturb() {
        current().loseRedis();
        await current().join(newUserId());
      },
      async expectDone() {
        expect(await current().stats()).to.include({ activeCount: 1, waitingCount: 0 });
      },
    });
  });

  it("returns waiting buyers to their places by their tokens", async () => {
    const { tickets } = await oneActiveTwoWaiting(current);
    const planned = await planOf(current(), "queue.rebuild", { queueId, discardState: true });
    expect(planned.confirmation).to.equal(queueId);
    await runPlanned(current(), planned);
    for (const ticket of tickets.toReversed()) await queueStatus(current().core, ticket);
    for (const [index, ticket] of tickets.entries()) {
      const place = await queueStatus(current().core, ticket);
      expect(place).to.include({ status: "WAITING", position: index + 1 });
    }
  });

  it("changes nothing of a queue that Redis has, unless the state is discarded", async () => {
    await oneActiveTwoWaiting(current);
    const before = await current().stats();
    const planned = await planOf(current(), "queue.rebuild", { queueId, discardState: false });
    expect(planned).to.deep.include({ confirmation: undefined });
    expect(await runPlanned(current(), planned)).to.include({ status: "DONE", changed: 0 });
    expect(await current().stats()).to.deep.equal(before);
  });
});
