import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect } from "chai";
import {
  type ExecuteOperationInput,
  executeOperation,
} from "../../../src/operations/executeOperation.ts";
import { findOperation } from "../../../src/operations/operationList.ts";
import { planOperation } from "../../../src/operations/planOperation.ts";
import type { JobReport } from "../../../src/operations/runSteps.ts";
import { planUndo } from "../../../src/operations/undoOperation.ts";
import { outboxRelay } from "../../../src/outbox/outboxRelay.ts";
import { chargePoints } from "../../../src/point/chargePoints.ts";
import { expectInvariants } from "../../support/expectInvariants.ts";
import { codeOf, failureOf, newUserId } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

const operator = { name: "mina", host: "ops-1", command: "onsale outbox replay --execute" };
const USERS = 3;
const VERSIONS = 60;
const MESSAGES = USERS * VERSIONS;

describe("operations on the outbox", () => {
  const current = useMemoryCore({ OUTBOX_BUCKETS: "4" });
  let userIds: readonly number[] = [];

  /** Runs rounds of a relay until no message is due. */
  async function publishDue(): Promise<void> {
    const relay = outboxRelay(current().core);
    await relay.runOnce();
    await relay.release();
  }
  /** "aggregate:version" of everything that the broker has, in the order of each aggregate. */
  const stored = (userId: number): number[] =>
    current()
      .servers.broker.logs()
      .flat()
      .filter(({ key }) => key === `point-account:${userId}`)
      .map(({ headers }) => Number(headers["aggregate-version"]));
  const plan = (name: string, input: object) =>
    planOperation(current().core, { operation: findOperation(name), input });
  const execute = (name: string, input: object, more: Partial<ExecuteOperationInput> = {}) =>
    executeOperation(current().core, { operation: findOperation(name), input, operator, ...more });
  const counts = () => current().core.outbox.counts(null);
  const ofUser = (aggregateId = userIds[0] ?? 0) => ({
    ...{ aggregateType: "point-account", aggregateId },
  });
  const upTo = (last: number): number[] => Array.from({ length: last }, (_unused, at) => at + 1);

  beforeEach("publishes messages of three accounts", async () => {
    const { core } = current();
    userIds = Array.from({ length: USERS }, newUserId);
    for (let version = 1; version <= VERSIONS; version += 1) {
      for (const userId of userIds) await chargePoints(core, { userId, amount: 100 });
    }
    await publishDue();
    expect(await counts()).to.include({ pending: 0, published: MESSAGES });
    current().clock.pass(1_000);
  });
  afterEach("checks the invariants after all work", async () => {
    current().restoreCalls();
    await publishDue();
    await expectInvariants(current().core, { drained: true, ids: ["I6"] });
  });

  /** The first version of the first account becomes DEAD, and the next ones wait behind it. */
  async function makeDead(): Promise<string> {
    const { core } = current();
    const [userId = 0] = userIds;
    for (let more = 0; more < 3; more += 1) await chargePoints(core, { userId, amount: 100 });
    const [dead] = await current().messages();
    if (!dead) throw new Error("three messages wait");
    const failure = { error: "too large", retryInMs: 0, dead: true };
    await core.outbox.markFailed(null, dead, failure);
    return dead.messageId;
  }

  describe("replay", () => {
    const input = () => ({ ...ofUser(), status: "PUBLISHED" });

    it("changes nothing when it is planned", async () => {
      const { plan: planned } = await plan("outbox.replay", input());
      expect(planned).to.include({ count: VERSIONS, unit: "outbox message" });
      expect(planned.sample).to.have.length(10);
      expect(await counts()).to.include({ pending: 0, published: MESSAGES });
    });

    it("publishes the messages again with their ids and in order", async () => {
      const [userId = 0, other = 0] = userIds;
      const idsBefore = current().servers.broker.logs().flat().map(idOf);
      await plan("outbox.replay", input());
      const report = await execute("outbox.replay", input());
      expect(report).to.include({ status: "DONE", changed: VERSIONS });
      expect(report.verifications[0]).to.include({ holds: true, read: `${VERSIONS} PENDING` });
      await publishDue();
      expect(stored(userId)).to.deep.equal([...upTo(VERSIONS), ...upTo(VERSIONS)]);
      expect(stored(other)).to.deep.equal(upTo(VERSIONS));
      const ids = current().servers.broker.logs().flat().map(idOf);
      expect(new Set(ids)).to.deep.equal(new Set(idsBefore));
      expect(await counts()).to.include({ pending: 0, published: MESSAGES });
    });

    it("reads messages that another job has replayed meanwhile", async () => {
      const { job } = await plan("outbox.replay", input());
      await execute("outbox.replay", input(), { max: 25 });
      await publishDue();
      await plan("outbox.replay", input());
      await execute("outbox.replay", input());
      await publishDue();
      const { verifications } = await execute("outbox.replay", input(), { jobId: job.id });
      expect(verifications[0]?.read).to.include(", 25 deleted by cleanup or replayed again");
    });

    it("publishes a new message of the aggregate after the replayed ones", async () => {
      const { core } = current();
      const [userId = 0] = userIds;
      await plan("outbox.replay", input());
      await execute("outbox.replay", input());
      await chargePoints(core, { userId, amount: 100 });
      await publishDue();
      expect(stored(userId).slice(VERSIONS)).to.deep.equal(upTo(VERSIONS + 1));
    });

    it("leaves out messages that consumers may have forgotten", async () => {
      current().clock.pass(current().core.config.retentionMs);
      const { plan: planned } = await plan("outbox.replay", input());
      expect(planned.count).to.equal(0);
      expect(planned.notes.join(" ")).to.include(`${VERSIONS} of them are left out`);
      const report = await execute("outbox.replay", input());
      expect(report).to.include({ status: "DONE", changed: 0 });
    });

    it("needs an end of the time range, unless it names its messages", async () => {
      const { core } = current();
      const now = new Date(core.clock.nowMs()).toISOString();
      const later = new Date(core.clock.nowMs() + 60_000).toISOString();
      const all = { status: "PUBLISHED" };
      expect(codeOf(await failureOf(plan("outbox.replay", all)))).to.equal("INVALID_INPUT");
      const open = { ...all, until: later };
      expect(codeOf(await failureOf(plan("outbox.replay", open)))).to.equal("INVALID_INPUT");
      const { plan: planned } = await plan("outbox.replay", { ...all, until: now });
      expect(planned.count).to.equal(MESSAGES);
    });

    it("refuses a plan when one more message of the aggregate was published after it", async () => {
      const { core } = current();
      await plan("outbox.replay", input());
      await chargePoints(core, { userId: userIds[0] ?? 0, amount: 100 });
      await publishDue();
      expect(codeOf(await failureOf(execute("outbox.replay", input())))).to.equal("PLAN_STALE");
    });

    it("stops at --max between two steps, and continues there as the same job", async () => {
      const { job } = await plan("outbox.replay", input());
      const first = await execute("outbox.replay", input(), { max: 25 });
      expect(first).to.include({ status: "STOPPED", changed: 25 });
      await publishDue();
      expect(stored(userIds[0] ?? 0).slice(VERSIONS)).to.deep.equal(upTo(25));
      const second = await execute("outbox.replay", input(), { jobId: job.id });
      expect(second).to.include({ status: "DONE", changed: VERSIONS });
      await publishDue();
      expect(stored(userIds[0] ?? 0).slice(VERSIONS)).to.deep.equal(upTo(VERSIONS));
    });

    it("publishes at most as fast as --rps allows", async () => {
      const { clock } = current();
      await plan("outbox.replay", input());
      const startedMs = clock.monotonicMs();
      await execute("outbox.replay", input(), { perSecond: 10 });
      expect(clock.monotonicMs() - startedMs).to.be.within(5_000, 7_000);
    });

    it("cannot be undone, and says why", async () => {
      await plan("outbox.replay", input());
      const { auditId = 0 } = await execute("outbox.replay", input());
      const failure = await failureOf(planUndo(current().core, auditId));
      expect(codeOf(failure)).to.equal("CANNOT_UNDO");
    });
  });

  describe("redrive and discard", () => {
    it("redrive publishes a dead message and the later ones of its aggregate", async () => {
      const [userId = 0] = userIds;
      const messageId = await makeDead();
      await publishDue();
      expect(await counts()).to.include({ pending: 2, dead: 1 });
      await plan("outbox.redrive", { ids: [messageId] });
      const report = await execute("outbox.redrive", { ids: [messageId] });
      expect(report).to.include({ status: "DONE", changed: 1 });
      await publishDue();
      expect(stored(userId)).to.deep.equal(upTo(VERSIONS + 3));
    });

    it("discard needs its confirmation and a reason", async () => {
      const messageId = await makeDead();
      const ids = { ids: [messageId] };
      const { confirmation } = await plan("outbox.discard", ids);
      expect(confirmation).to.equal(messageId);
      const codeWith = async (more: object) =>
        codeOf(await failureOf(execute("outbox.discard", ids, more)));
      expect(await codeWith({})).to.equal("CONFIRMATION_REQUIRED");
      expect(await codeWith({ confirmation: messageId })).to.equal("REASON_REQUIRED");
      expect(codeOf(await failureOf(plan("outbox.discard", {})))).to.equal("INVALID_INPUT");
      expect(await counts()).to.include({ dead: 1, discarded: 0 });
    });

    it("discard lets the later messages follow; I5 and I6 accept it with its audit", async () => {
      const [userId = 0] = userIds;
      const messageId = await makeDead();
      const ids = { ids: [messageId] };
      await plan("outbox.discard", ids);
      const said = { confirmation: messageId, reason: "the consumer has its effect" };
      const report = await execute("outbox.discard", ids, said);
      expect(report).to.include({ status: "DONE", changed: 1 });
      await publishDue();
      expect(stored(userId)).to.deep.equal([...upTo(VERSIONS), VERSIONS + 2, VERSIONS + 3]);
      const record = await current().core.outboxAdmin.find(null, messageId);
      expect(record).to.include({ state: "DISCARDED", discardAudit: report.auditId });
    });
  });

  describe("cleanup", () => {
    it("refuses an age within the retention", async () => {
      const failure = await failureOf(plan("outbox.cleanUp", { olderThanMs: 1_000 }));
      expect(codeOf(failure)).to.equal("INVALID_INPUT");
    });

    it("deletes what was published before the age, in bounded steps", async () => {
      const { clock, core } = current();
      clock.pass(core.config.retentionMs + 60_000);
      const input = { olderThanMs: core.config.retentionMs };
      const { plan: planned } = await plan("outbox.cleanUp", input);
      expect(planned.count).to.equal(MESSAGES);
      const report = await execute("outbox.cleanUp", input);
      expect(report).to.include({ status: "DONE", changed: 2 * MESSAGES });
      expect(await counts()).to.include({ published: 0 });
    });
  });

  /** Each operation with the state in which it has something to do. */
  const KILLED: readonly {
    readonly name: string;
    readonly prepare: () => Promise<object>;
    readonly said?: (input: object) => Partial<ExecuteOperationInput>;
    readonly changed: number;
  }[] = [
    {
      name: "outbox.replay",
      prepare: async () => ({ ...ofUser(), status: "PUBLISHED" }),
      changed: VERSIONS,
    },
    {
      name: "outbox.redrive",
      prepare: async () => ({ ids: [await makeDead()] }),
      changed: 1,
    },
    {
      name: "outbox.discard",
      prepare: async () => {
        await makeDead();
        return ofUser();
      },
      changed: 1,
    },
    {
      name: "outbox.cleanUp",
      prepare: async () => {
        current().clock.pass(current().core.config.retentionMs + 60_000);
        return { olderThanMs: current().core.config.retentionMs };
      },
      changed: 2 * MESSAGES,
    },
  ];
  for (const { name, prepare, changed } of KILLED) {
    for (const step of ["begun", "saved", "verified", "closed"]) {
      it(`${name} continues after its run died at the point "${step}"`, async () => {
        const input = await prepare();
        const { job, confirmation } = await plan(name, input);
        const said = { confirmation, reason: "a test" };
        const die = (event: unknown): void => {
          if (isStep(event, step)) current().loseCalls(/./);
        };
        subscribe("onsale:operation-step", die);
        await Promise.allSettled([execute(name, input, { ...said, perSecond: 25 })]);
        unsubscribe("onsale:operation-step", die);
        current().restoreCalls();
        await expectInvariants(current().core);
        const report: JobReport = await execute(name, input, { ...said, jobId: job.id });
        expect(report).to.include({ status: "DONE", changed });
      });
    }
  }
});

const idOf = ({ headers }: { readonly headers: Readonly<Record<string, string>> }) =>
  headers["message-id"];

function isStep(event: unknown, step: string): boolean {
  return typeof event === "object" && event !== null && "step" in event && event.step === step;
}
