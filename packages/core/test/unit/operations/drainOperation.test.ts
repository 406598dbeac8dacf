import { expect } from "chai";
import { stopJob } from "../../../src/operations/stopJob.ts";
import { planUndo } from "../../../src/operations/undoOperation.ts";
import type { Job } from "../../../src/ports/operationStore.ts";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { queueStatus } from "../../../src/queue/queueStatus.ts";
import { admitToken } from "../../support/admitToken.ts";
import { codeOf, failureOf, newUserId } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { operationCases, planOf, runPlanned } from "../../support/operationCases.ts";
import { oneActiveTwoWaiting, placesOf } from "../../support/queuePlaces.ts";

const queueId = QUEUE_ID;

describe("queue.drain", () => {
  const current = useMemoryQueue({ activeTtlMs: 5_000 });
  const read = placesOf(current);
  const configure = (mode: "open" | "paused") =>
    configureQueue(current().core, { queueId, settings: { mode } });

  operationCases({
    operation: "queue.drain",
    current,
    read,
    async prepare() {
      await oneActiveTwoWaiting(current);
      return { queueId, discardWaiting: false };
    },
    disturb: () => configure("paused"),
    async expectDone() {
      expect(await current().stats()).to.include({ waitingCount: 0, activeCount: 0 });
      expect(codeOf(await failureOf(current().join(newUserId())))).to.equal("QUEUE_CLOSED");
    },
  });

  it("admits the waiting buyers before it is done", async () => {
    const { tickets } = await oneActiveTwoWaiting(current);
    await runPlanned(
      current(),
      await planOf(current(), "queue.drain", { queueId, discardWaiting: false }),
    );
    for (const ticket of tickets) {
      const { sequence } = current().claimsOf(ticket);
      const admission = await current().core.admissions.findAdmission(null, queueId, sequence);
      expect(admission).to.include({ userId: ticket.userId });
    }
  });

  it("stops at its time limit, and the same job goes on", async () => {
    await oneActiveTwoWaiting(current);
    const planned = await planOf(current(), "queue.drain", { queueId, discardWaiting: false });
    const first = await runPlanned(current(), planned, { timeoutMs: 2_000 });
    expect(first).to.deep.include({
      status: "STOPPED",
      stopped: { reason: "timeout", detail: "not done after 2 s" },
    });
    const second = await runPlanned(current(), planned);
    expect(second).to.include({ status: "DONE", changed: 3 });
  });

  it("stops between two steps when an operator asks for it, and the same job goes on", async () => {
    await oneActiveTwoWaiting(current);
    const { core } = current();
    const planned = await planOf(current(), "queue.drain", { queueId, discardWaiting: false });
    const jobId = planned.job.id;
    const ask = () => stopJob(core, { jobId, by: "Mina", waitMs: 5_000 });
    expect(codeOf(await failureOf(ask())), "not begun").to.equal("JOB_NOT_RUNNING");
    let asked: Promise<Job> | undefined;
    const onProgress = () => {
      asked ??= ask();
    };
    const first = await runPlanned(current(), planned, { onProgress });
    expect(first).to.deep.include({
      status: "STOPPED",
      stopped: { reason: "requested", detail: "Mina asked for the stop" },
    });
    expect((await asked)?.status).to.equal("STOPPED");
    expect(await runPlanned(current(), planned)).to.include({ status: "DONE", changed: 3 });
    expect(codeOf(await failureOf(ask())), "done").to.equal("JOB_NOT_RUNNING");
  });

  it("ends without success when the queue is opened meanwhile", async () => {
    await oneActiveTwoWaiting(current);
    const planned = await planOf(current(), "queue.drain", { queueId, discardWaiting: false });
    await runPlanned(current(), planned, { timeoutMs: 1_000 });
    await configure("open");
    const report = await runPlanned(current(), planned);
    expect(report.status).to.equal("FAILED");
    expect(report.verifications[0]).to.include({ holds: false, read: "MySQL open, Redis open" });
  });

  it("is undone by the mode before it, also when no buyer was in the queue", async () => {
    const planned = await planOf(current(), "queue.drain", { queueId, discardWaiting: false });
    const { auditId = 0 } = await runPlanned(current(), planned);
    await runPlanned(current(), await planUndo(current().core, auditId));
    expect(await current().join(newUserId())).to.include({ status: "WAITING" });
  });
});

describe("queue.drain that discards", () => {
  const current = useMemoryQueue({ activeTtlMs: 5_000, activeCountMax: 1 });
  const input = { queueId, discardWaiting: true };

  operationCases({
    operation: "queue.drain",
    current,
    read: placesOf(current),
    async prepare() {
      await oneActiveTwoWaiting(current);
      return input;
    },
    disturb: () => configureQueue(current().core, { queueId, settings: { mode: "paused" } }),
    async expectDone() {
      expect(await current().stats()).to.include({ waitingCount: 0, activeCount: 0 });
    },
  });

  it("ends the waiting places without an admission, and no active one", async () => {
    const { ticket, tickets } = await oneActiveTwoWaiting(current);
    const planned = await planOf(current(), "queue.drain", input);
    expect(planned.confirmation).to.equal(queueId);
    await runPlanned(current(), planned, { timeoutMs: 1_000 });
    for (const { userId, token } of tickets) {
      const status = queueStatus(current().core, { queueId, userId, token });
      expect(codeOf(await failureOf(status))).to.equal("QUEUE_TOKEN_EXPIRED");
    }
    expect(await admitToken(current().core, ticket.token)).to.include({ userId: ticket.userId });
    expect(await current().stats()).to.include({ waitingCount: 0, activeCount: 1 });
  });

  it("ends the place of a buyer who missed the admission just before the end", async () => {
    const { core, admitted } = current();
    const { userId, token } = await admitted(newUserId());
    const planned = await planOf(current(), "queue.drain", input);
    expect(await runPlanned(current(), planned)).to.include({ status: "DONE" });
    const status = queueStatus(core, { queueId, userId, token });
    expect(codeOf(await failureOf(status))).to.equal("QUEUE_TOKEN_INVALID");
    expect(await current().stats()).to.include({ waitingCount: 0, activeCount: 0 });
  });

  it("ends the tokens, so that none restores a place in a later sale", async () => {
    const { tickets } = await oneActiveTwoWaiting(current);
    const { core, join, loseRedis } = current();
    await runPlanned(current(), await planOf(current(), "queue.drain", input));
    await configureQueue(core, { queueId, settings: { mode: "open" } });
    loseRedis();
    const later = await join(newUserId());
    for (const { userId, token } of tickets) {
      const status = queueStatus(core, { queueId, userId, token });
      expect(codeOf(await failureOf(status))).to.equal("QUEUE_TOKEN_INVALID");
      const again = await join(userId, token);
      expect(again.position, "behind the later sale").to.be.above(later.position);
    }
  });

  it("leaves the tokens of a queue alone that was opened meanwhile", async () => {
    await oneActiveTwoWaiting(current);
    const { core } = current();
    const planned = await planOf(current(), "queue.drain", input);
    await runPlanned(current(), planned, { timeoutMs: 1_000 });
    await configureQueue(core, { queueId, settings: { mode: "open" } });
    await runPlanned(current(), planned);
    expect(await core.admissions.findQueue(null, queueId)).to.include({ epoch: 1 });
  });

  it("has no inverse and says why", async () => {
    await oneActiveTwoWaiting(current);
    const planned = await planOf(current(), "queue.drain", input);
    const { auditId = 0 } = await runPlanned(current(), planned);
    const failure = await failureOf(planUndo(current().core, auditId));
    expect(codeOf(failure)).to.equal("CANNOT_UNDO");
    expect(failure).to.have.property("message").that.includes("have lost their places");
  });
});
