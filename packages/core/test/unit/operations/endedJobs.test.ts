import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect } from "chai";
import { diagnose } from "../../../src/diagnosis/diagnose.ts";
import { executeOperation } from "../../../src/operations/executeOperation.ts";
import { findOperation } from "../../../src/operations/operationList.ts";
import { planOperation } from "../../../src/operations/planOperation.ts";
import { stopJob } from "../../../src/operations/stopJob.ts";
import { InvalidInputError } from "../../../src/shared/errors.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

const operator = { name: "mina", host: "ops-1", command: "onsale queue pause main --execute" };
const operation = findOperation("queue.configure");
const pause = { queueId: QUEUE_ID, settings: { mode: "paused" } };

describe("a job that its run does not finish", () => {
  const current = useMemoryQueue();
  const plan = () => planOperation(current().core, { operation, input: pause });
  const execute = (jobId: string, core = current().core) =>
    executeOperation(core, { operation, input: pause, operator, jobId });
  const stop = (jobId: string, waitMs = 15_000) =>
    stopJob(current().core, { jobId, by: "Joon", waitMs });
  const jobOf = (jobId: string) => current().core.operations.findJob(null, jobId);
  const audit = (jobId: string) => current().core.operations.listAudit(null, { jobId, max: 10 });
  const abandoned = async () => {
    const { findings } = await diagnose(current().core, {
      inspections: (["mysql", "redis"] as const).map((server) => ({
        ...{ server, reachable: true, settings: [], roundTripMs: 1, clockSkewMs: 0 },
      })),
      ...{ schema: { executed: [], pending: [], unknown: [] }, invariants: "skip" as const },
    });
    return findings.filter(({ code }) => code === "JOB_ABANDONED");
  };

  /** Loses every call of a run after the given point, as if its process had died there. */
  async function killedAt(step: string, run: () => Promise<unknown>): Promise<void> {
    const die = (event: unknown): void => {
      const isHere = typeof event === "object" && event !== null && "step" in event;
      if (isHere && event.step === step) current().loseCalls(/./);
    };
    subscribe("onsale:operation-step", die);
    await Promise.allSettled([run()]);
    unsubscribe("onsale:operation-step", die);
    current().restoreCalls();
  }

  for (const settings of [{ activeCountMax: 1_000_001 }, { activeTtlMs: 86_400_001 }]) {
    it(`is not planned with ${JSON.stringify(settings)}, which no queue can have`, async () => {
      const input = { queueId: QUEUE_ID, settings };
      const failure = await failureOf(planOperation(current().core, { operation, input }));
      expect(codeOf(failure)).to.equal("INVALID_INPUT");
      expect(
        await current().core.operations.listJobs(null, { status: undefined, max: 9 }),
      ).to.have.length(0);
    });
  }

  it("ends as FAILED, with its audit record, when a step cannot succeed", async () => {
    const { core } = current();
    const { job } = await plan();
    const refusing = {
      ...core,
      admissions: {
        ...core.admissions,
        saveSettings: async () => {
          throw new InvalidInputError("these settings are impossible");
        },
      },
    };
    expect(codeOf(await failureOf(execute(job.id, refusing)))).to.equal("INVALID_INPUT");
    expect(await jobOf(job.id)).to.deep.include({
      status: "FAILED",
      outcome: {
        verifications: [],
        stopped: { reason: "refused", detail: "these settings are impossible" },
      },
    });
    const [record] = await audit(job.id);
    expect(record).to.include({ outcome: "FAILED", changed: 0 });
    expect(record?.after).to.include({ mode: "open" });
    expect(await abandoned()).to.deep.equal([]);
    expect(codeOf(await failureOf(execute(job.id)))).to.equal("JOB_FAILED");
  });

  it("stays RUNNING when a step may succeed later, and continues", async () => {
    const { job } = await plan();
    current().loseCalls(/^redis .*configure/);
    expect(codeOf(await failureOf(execute(job.id)))).to.equal("DEPENDENCY_UNAVAILABLE");
    current().restoreCalls();
    expect(await jobOf(job.id)).to.include({ status: "RUNNING" });
    expect(await execute(job.id)).to.include({ status: "DONE" });
  });

  for (const step of ["begun", "applied", "saved"]) {
    it(`is ended by job stop when its run died at the point "${step}"`, async () => {
      const { job } = await plan();
      await killedAt(step, () => execute(job.id));
      expect(await stop(job.id, 0), "before the lease expires").to.include({ status: "RUNNING" });
      current().clock.pass(11_000);
      expect(await abandoned()).to.have.length(1);
      expect(await stop(job.id)).to.include({ status: "STOPPED" });
      expect((await audit(job.id)).map(({ outcome }) => outcome)).to.deep.equal(["INTERRUPTED"]);
      expect(await abandoned()).to.deep.equal([]);
      expect(await current().core.leases.list("operation:")).to.deep.equal([]);
      expect(codeOf(await failureOf(stop(job.id)))).to.equal("JOB_NOT_RUNNING");
      expect(await execute(job.id)).to.include({ status: "DONE" });
    });
  }

  it("is ended by one job stop that waits for the lease of the dead run", async () => {
    const { job } = await plan();
    await killedAt("begun", () => execute(job.id));
    expect(await stop(job.id)).to.include({ status: "STOPPED" });
    expect((await jobOf(job.id))?.outcome).to.deep.include({
      stopped: { reason: "requested", detail: "Joon ended the job; no run had it" },
    });
  });
});
