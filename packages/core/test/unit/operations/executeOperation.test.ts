import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect } from "chai";
import { executeOperation } from "../../../src/operations/executeOperation.ts";
import { findOperation } from "../../../src/operations/operationList.ts";
import { planOperation } from "../../../src/operations/planOperation.ts";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

const operator = { name: "mina", host: "ops-1", command: "onsale queue pause main --execute" };
const operation = findOperation("queue.configure");
const pause = { queueId: QUEUE_ID, settings: { mode: "paused" } };

describe("executeOperation", () => {
  const current = useMemoryQueue();
  const plan = (input: unknown = pause) => planOperation(current().core, { operation, input });
  const execute = (more: object = {}, core = current().core) =>
    executeOperation(core, { operation, input: pause, operator, ...more });
  const modeOf = async () =>
    (await current().core.admissions.findQueue(null, QUEUE_ID))?.settings.mode;
  const audit = () => current().core.operations.listAudit(null, { max: 10 });

  it("changes nothing when an operation is only planned", async () => {
    const planned = await plan();
    expect(planned.plan).to.include({ count: 1, unit: "setting" });
    expect(planned.plan.sample).to.deep.equal(["mode: open -> paused"]);
    expect(await modeOf()).to.equal("open");
    expect(await audit()).to.deep.equal([]);
  });

  it("does the plan, verifies it and closes the audit record", async () => {
    const { job } = await plan();
    const report = await execute();
    expect(report).to.include({ jobId: job.id, status: "DONE", changed: 1, isRepetition: false });
    expect(report.verifications.map(({ holds }) => holds)).to.deep.equal([true]);
    expect(await modeOf()).to.equal("paused");
    const [record] = await audit();
    expect(record).to.deep.include({ outcome: "DONE", changed: 1, operator, jobId: job.id });
    expect(record?.before).to.include({ mode: "open" });
    expect(record?.after).to.include({ mode: "paused" });
  });

  it("stores the reason and the command line without their secrets", async () => {
    await plan();
    const command = "onsale queue pause main --reason 'password=hunter2'";
    const reason = "as mysql://root:hunter2@db/onsale shows";
    await execute({ reason, operator: { ...operator, command } });
    const [record] = await audit();
    expect(record?.reason).to.equal("as mysql://root:***@db/onsale shows");
    expect(record?.operator.command).to.equal("onsale queue pause main --reason 'password=***'");
  });

  it("refuses without a plan, with an expired plan, and with a plan of another input", async () => {
    expect(codeOf(await failureOf(execute()))).to.equal("PLAN_MISSING");
    const { job } = await plan({ queueId: QUEUE_ID, settings: { mode: "draining" } });
    expect(codeOf(await failureOf(execute({ jobId: job.id })))).to.equal("JOB_MISMATCH");
    const { job: old } = await plan();
    current().clock.pass(16 * 60_000);
    expect(codeOf(await failureOf(execute()))).to.equal("PLAN_EXPIRED");
    expect(codeOf(await failureOf(execute({ jobId: old.id })))).to.equal("PLAN_EXPIRED");
    expect(await modeOf()).to.equal("open");
  });

  it("says how the job of the same change ended when no plan is left", async () => {
    const { job } = await plan();
    const stopped = await execute({ abortIf: async () => "dead>0: dead is 3" });
    expect(stopped.status).to.equal("STOPPED");
    const continues = await failureOf(execute());
    expect(continues).to.include({ code: "PLAN_MISSING" });
    expect(continues).to.have.property("message").that.includes(`The job ${job.id}`);
    expect(continues)
      .to.have.property("details")
      .that.includes({
        ...{ jobId: job.id, jobStatus: "STOPPED", operator: "mina", auditId: stopped.auditId },
      });
    const { auditId } = await execute({ jobId: job.id });
    const done = await failureOf(execute());
    expect(done).to.have.property("details").that.includes({ jobStatus: "DONE", auditId });
    expect(done).to.have.property("message").that.includes(`by mina (audit record ${auditId})`);
  });

  it("names the job of the same change that runs or died when no plan is left", async () => {
    const { job } = await plan();
    await killedAt("begun", () => execute());
    const running = await failureOf(execute());
    expect(running).to.deep.include({ code: "JOB_RUNNING" });
    expect(running).to.have.nested.property("details.jobId", job.id);
    current().clock.pass(11_000);
    const died = await failureOf(execute());
    expect(died).to.include({ code: "PLAN_MISSING" });
    expect(died).to.have.property("details").that.includes({ jobId: job.id, jobStatus: "RUNNING" });
    expect(await modeOf()).to.equal("open");
  });

  it("refuses a stale plan with the differences and changes nothing", async () => {
    await plan();
    await configureQueue(current().core, { queueId: QUEUE_ID, settings: { mode: "draining" } });
    const failure = await failureOf(execute());
    expect(codeOf(failure)).to.equal("PLAN_STALE");
    expect(failure)
      .to.have.nested.property("details.differences")
      .that.deep.equals([{ fact: "mode", planned: "open", now: "draining" }]);
    expect(await modeOf()).to.equal("draining");
    expect(await audit()).to.deep.equal([]);
  });

  it("reports an ended job instead of running it again", async () => {
    const { job } = await plan();
    const first = await execute({ jobId: job.id });
    await configureQueue(current().core, { queueId: QUEUE_ID, settings: { mode: "open" } });
    const second = await execute({ jobId: job.id });
    expect(second).to.include({ status: "DONE", changed: first.changed, isRepetition: true });
    expect(await modeOf()).to.equal("open");
    expect(await audit()).to.have.length(1);
  });

  it("lets one of two operators run one plan", async () => {
    const { job } = await plan();
    const reports = await Promise.allSettled([
      execute({ jobId: job.id }),
      execute({ jobId: job.id }, current().another()),
    ]);
    const codes = reports.map((one) =>
      one.status === "fulfilled" ? one.value.isRepetition : codeOf(one.reason),
    );
    expect(codes).to.include(false);
    expect(codes.filter((code) => code === false)).to.have.length(1);
    expect(await audit()).to.have.length(1);
  });

  for (const step of ["begun", "applied", "saved", "verified", "closed"]) {
    it(`continues a job whose run died after the point "${step}"`, async () => {
      const { job } = await plan();
      await killedAt(step, () => execute({ jobId: job.id }));
      const report = await execute({ jobId: job.id });
      expect(report).to.include({ status: "DONE", isRepetition: step === "closed" });
      expect(await modeOf()).to.equal("paused");
      const outcomes = (await audit()).map(({ outcome }) => outcome);
      expect(outcomes).to.deep.equal(step === "closed" ? ["DONE"] : ["DONE", "INTERRUPTED"]);
      const changed = (await audit()).reduce((sum, record) => sum + record.changed, 0);
      expect(changed, "of all audit records").to.equal(report.changed);
    });
  }

  for (const [what, begin] of [
    ["died before its first step", () => killedAt("begun", () => execute())],
    ["stopped before its first step", () => execute({ abortIf: async () => "dead>0: 3" })],
  ] as const) {
    it(`refuses a stale or expired plan of a job that ${what}`, async () => {
      const { core, clock } = current();
      const { job } = await plan();
      await begin();
      await configureQueue(core, { queueId: QUEUE_ID, settings: { mode: "draining" } });
      clock.pass(11_000);
      const stale = await failureOf(execute({ jobId: job.id }));
      expect(codeOf(stale)).to.equal("PLAN_STALE");
      expect(stale)
        .to.have.nested.property("details.differences")
        .that.deep.equals([{ fact: "mode", planned: "open", now: "draining" }]);
      expect(await modeOf()).to.equal("draining");
      expect(await core.operations.findJob(null, job.id)).to.include({ status: "STOPPED" });
      expect((await audit()).map(({ outcome }) => outcome)).to.not.include("RUNNING");
      await configureQueue(core, { queueId: QUEUE_ID, settings: { mode: "open" } });
      clock.pass(16 * 60_000);
      expect(codeOf(await failureOf(execute({ jobId: job.id })))).to.equal("PLAN_EXPIRED");
      expect(await modeOf()).to.equal("open");
      expect(await audit()).to.have.length(1);
    });
  }

  it("continues an expired job whose step had its effect before the run died", async () => {
    const { job } = await plan();
    await killedAt("applied", () => execute());
    current().clock.pass(16 * 60_000);
    expect(await execute({ jobId: job.id })).to.include({ status: "DONE", changed: 1 });
    expect(await modeOf()).to.equal("paused");
  });

  /** Loses every call of a run after the given point, as if its process had died there. */
  async function killedAt(step: string, run: () => Promise<unknown>): Promise<void> {
    const die = (event: unknown): void => {
      if (isStep(event, step)) current().loseCalls(/./);
    };
    subscribe("onsale:operation-step", die);
    await Promise.allSettled([run()]);
    unsubscribe("onsale:operation-step", die);
    current().restoreCalls();
  }

  /** Does something at the first step of a run that has this name. */
  async function atStep(step: string, act: () => unknown, run: () => Promise<unknown>) {
    const acts: Promise<unknown>[] = [];
    const listen = (event: unknown): void => {
      if (isStep(event, step) && acts.length === 0) acts.push(Promise.resolve(act()));
    };
    subscribe("onsale:operation-step", listen);
    try {
      return await run();
    } finally {
      unsubscribe("onsale:operation-step", listen);
      await Promise.all(acts);
    }
  }

  it("finishes a run whose step took longer than its lease", async () => {
    await plan();
    const slow = () => current().clock.pass(11_000);
    expect(await atStep("saved", slow, () => execute())).to.include({ status: "DONE" });
    expect(await current().core.leases.list("operation:")).to.deep.equal([]);
  });

  it("ends a run when its lease expired and another run had the lease meanwhile", async () => {
    const { job } = await plan();
    const takeOver = async () => {
      current().clock.pass(11_000);
      const { leases } = current().another();
      const lease = await leases.acquire(`operation:queue:${QUEUE_ID}`, "another", 10_000);
      if (lease) await leases.release(lease);
    };
    const { core } = current();
    const applied = core.queue.configure;
    const late = {
      ...core,
      queue: {
        ...core.queue,
        configure: async (...given: Parameters<typeof applied>) => {
          await takeOver();
          return applied(...given);
        },
      },
    };
    const failure = await failureOf(execute({ jobId: job.id }, late));
    expect(codeOf(failure)).to.equal("RUN_LOST");
    expect((await core.operations.findJob(null, job.id))?.status).to.equal("RUNNING");
    expect(await execute({ jobId: job.id })).to.include({ status: "DONE" });
  });
});

function isStep(event: unknown, step: string): boolean {
  return typeof event === "object" && event !== null && "step" in event && event.step === step;
}
