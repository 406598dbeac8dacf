import { type Job, type NewAuditRecord, type NewJob, systemIds } from "@onsale/core";
import { expect } from "chai";
import { type Act, answerAfterWaiting, ENDS } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { HOUR_MS, MINUTE_MS } from "./show.ts";

const OPERATOR = { name: "Mina 민아", host: "ops-1", command: "onsale queue pause --execute" };

function newJob(parts: Partial<NewJob> = {}): NewJob {
  return {
    id: systemIds.uuid(),
    operation: `case.${systemIds.uuid()}`,
    input: { queueId: "main" },
    inputHash: "a".repeat(64),
    plan: { facts: { mode: "open" }, note: "표" },
    planHash: "b".repeat(64),
    validMs: MINUTE_MS,
    undoes: undefined,
    ...parts,
  };
}

const auditOf = (job: NewJob): NewAuditRecord => ({
  jobId: job.id,
  operation: job.operation,
  operator: OPERATOR,
  reason: undefined,
  planHash: job.planHash,
  before: { mode: "open" },
  undoes: undefined,
});

const keyOf = ({ operation, inputHash, undoes }: Omit<NewJob, "validMs">) => ({
  operation,
  inputHash,
  undoes,
});

const PROGRESS = { checkpoint: { after: 7 }, changed: 3, outcome: undefined };

/** Plans, jobs and audit records of operators. */
export function operationStoreCases(db: DatabaseUnderTest): void {
  describe("the operation store", () => {
    const store = () => db.core.operations;
    const added = async (parts: Partial<NewJob> = {}): Promise<NewJob> => {
      const job = newJob(parts);
      expect(await store().addJob(null, job)).to.equal(true);
      return job;
    };
    const saved = (id: string, from: "PLANNED" | "RUNNING", to: "RUNNING" | "DONE") =>
      db.core.withTransaction((tx) =>
        db.core.operations.saveProgress(tx, id, [from], { ...PROGRESS, status: to }),
      );
    const save = async (...given: Parameters<typeof saved>) =>
      (await saved(...given)) !== undefined;

    it("stores a plan whole, and finds the newest valid plan of an input", async () => {
      const { validMs, ...job } = await added();
      const found = await store().findJob(null, job.id);
      expect(found).to.deep.include({ ...job, status: "PLANNED", changed: 0, isValid: true });
      expect(found?.checkpoint).to.equal(undefined);
      expect(validMs).to.equal(MINUTE_MS);
      await db.passTime(1);
      const newer = await added({ operation: job.operation });
      const newest = await store().findNewestPlan(null, keyOf(job));
      expect(newest?.id).to.equal(newer.id);
      const otherInput = { ...keyOf(job), inputHash: "c".repeat(64) };
      expect(await store().findNewestPlan(null, otherInput)).to.equal(undefined);
    });

    it("finds the undo of a record apart from a plain job of the same input", async () => {
      const plain = await added();
      const { operation } = plain;
      await db.passTime(1);
      const undo = await added({ operation, undoes: 7 });
      const idOf = async (undoes: number | undefined) => {
        const key = { ...keyOf(plain), undoes };
        const [plan, job] = await Promise.all([
          store().findNewestPlan(null, key),
          store().findNewestJob(null, key),
        ]);
        expect(plan?.id).to.equal(job?.id);
        return plan?.id;
      };
      expect(await idOf(undefined)).to.equal(plain.id);
      expect(await idOf(7)).to.equal(undo.id);
      expect(await idOf(8)).to.equal(undefined);
    });

    it("lists the jobs that have begun to undo one of some records, newest first", async () => {
      const first = await added({ undoes: 7 });
      const { operation, inputHash } = first;
      await db.passTime(1);
      const second = await added({ operation, undoes: 9 });
      const others = [
        await added({ operation }),
        await added({ operation, undoes: 8 }),
        await added({ operation, undoes: 7, inputHash: "c".repeat(64) }),
        await added({ undoes: 7 }),
      ];
      const list = async (...auditIds: number[]) =>
        (await store().listUndoJobs(null, { operation, inputHash, auditIds })).map(({ id }) => id);
      expect(await list(7, 9), "only planned").to.deep.equal([]);
      for (const { id } of [first, second, ...others]) await save(id, "PLANNED", "RUNNING");
      await save(first.id, "RUNNING", "DONE");
      expect(await list(7, 9)).to.deep.equal([second.id, first.id]);
      expect(await list(7)).to.deep.equal([first.id]);
    });

    it("stores one job with an id, also when two transactions race to add it", async () => {
      const job = await added();
      const twin = { ...job, plan: { facts: {} } };
      expect(await store().addJob(null, twin)).to.equal(false);
      expect((await store().findJob(null, job.id))?.plan).to.deep.equal(job.plan);
      for (const end of ENDS) {
        const { id } = newJob();
        const add: Act<boolean> = ({ operations }, tx) =>
          operations.addJob(tx, newJob({ id, operation: "case.race" }));
        const second = await answerAfterWaiting(db, { first: add, end, second: add });
        expect(second, end).to.equal(end === "rollback");
        expect((await store().findJob(null, id))?.operation).to.equal("case.race");
      }
    });

    it("finds no plan that has expired or has begun", async () => {
      const old = await added();
      await db.passTime(HOUR_MS);
      expect(await store().findNewestPlan(null, keyOf(old))).to.equal(undefined);
      expect((await store().findJob(null, old.id))?.isValid).to.equal(false);
      const begun = await added();
      expect(await save(begun.id, "PLANNED", "RUNNING")).to.equal(true);
      const plan = await store().findNewestPlan(null, keyOf(begun));
      expect(plan).to.equal(undefined);
    });

    it("finds the newest job of an input in the given states, also when it has begun", async () => {
      const first = await added();
      const { operation, inputHash } = first;
      await db.passTime(1);
      const second = await added({ operation });
      await db.passTime(1);
      await added({ operation, inputHash: "c".repeat(64) });
      await added();
      const newest = async (...statuses: Job["status"][]) =>
        (
          await store().findNewestJob(null, {
            ...{ operation, inputHash, undoes: undefined },
            ...(statuses.length === 0 ? {} : { statuses }),
          })
        )?.id;
      expect(await newest()).to.equal(second.id);
      expect(await newest("RUNNING", "STOPPED")).to.equal(undefined);
      await save(first.id, "PLANNED", "RUNNING");
      expect(await newest("RUNNING", "STOPPED")).to.equal(first.id);
      await save(second.id, "PLANNED", "RUNNING");
      await save(second.id, "RUNNING", "DONE");
      expect(await newest("RUNNING")).to.equal(first.id);
      expect(await newest()).to.equal(second.id);
    });

    it("saves progress only from the expected state", async () => {
      const { id } = await added();
      expect(await save(id, "RUNNING", "DONE")).to.equal(false);
      expect(await save(id, "PLANNED", "RUNNING")).to.equal(true);
      expect(await save(id, "RUNNING", "RUNNING")).to.equal(true);
      expect(await save(id, "RUNNING", "DONE")).to.equal(true);
      expect(await save(id, "RUNNING", "DONE")).to.equal(false);
      expect(await store().findJob(null, id)).to.deep.include({ ...PROGRESS, status: "DONE" });
      const done = await store().listJobs(null, { status: "DONE", max: 100 });
      expect(done.map((job) => job.id)).to.include(id);
    });

    it("remembers who asked a running job to stop, until the next run begins", async () => {
      const [job, other] = [await added(), await added()];
      const ask = (id: string, by: string) =>
        db.core.withTransaction((tx) => store().requestStop(tx, id, by));
      const begin = ({ id }: NewJob, of: NewJob) =>
        db.core.withTransaction((tx) => store().openAudit(tx, { ...auditOf(of), jobId: id }));
      const stopOf = async ({ id }: NewJob) => saved(id, "RUNNING", "RUNNING");
      expect(await ask(job.id, "Mina 민아"), "only planned").to.equal(false);
      for (const { id } of [job, other]) {
        expect(await saved(id, "PLANNED", "RUNNING")).to.deep.equal({ stopRequestedBy: undefined });
      }
      expect(await ask(job.id, "Mina 민아")).to.equal(true);
      expect(await ask(job.id, "Mina 민아"), "a second time").to.equal(true);
      const asked = { stopRequestedBy: "Mina 민아" };
      expect(await stopOf(job)).to.deep.equal(asked);
      expect(await stopOf(job), "at the next step too").to.deep.equal(asked);
      expect(await stopOf(other)).to.deep.equal({ stopRequestedBy: undefined });
      await begin(other, other);
      expect(await stopOf(job), "another job began").to.deep.equal(asked);
      await begin(job, job);
      expect(await stopOf(job)).to.deep.equal({ stopRequestedBy: undefined });
      await save(job.id, "RUNNING", "DONE");
      expect(await ask(job.id, "Mina 민아"), "done").to.equal(false);
    });

    it("saves the progress of one job and leaves the others as they were", async () => {
      const [one, other] = [await added(), await added()];
      const before = await store().findJob(null, other.id);
      expect(await save(one.id, "PLANNED", "RUNNING")).to.equal(true);
      expect(await store().findJob(null, one.id)).to.deep.include(PROGRESS);
      expect(await store().findJob(null, other.id)).to.deep.equal(before);
    });

    it("locks a lease only for its owner, and only until it expires", async () => {
      const lease = await db.core.leases.acquire(systemIds.uuid(), "me", MINUTE_MS);
      if (!lease) throw new Error("it is free in this case");
      const lock = (given: typeof lease) =>
        db.core.withTransaction((tx) => store().lockLease(tx, given));
      expect(await lock(lease)).to.equal(true);
      expect(await lock({ ...lease, owner: "you" })).to.equal(false);
      expect(await lock({ ...lease, epoch: lease.epoch + 1 })).to.equal(false);
      expect(await lock({ ...lease, name: systemIds.uuid() })).to.equal(false);
      await db.passTime(HOUR_MS);
      expect(await lock(lease)).to.equal(false);
    });

    it("closes an audit record once, and marks that of a dead run as interrupted", async () => {
      const job = await added();
      const open = () => db.core.withTransaction((tx) => store().openAudit(tx, auditOf(job)));
      const close = (id: number, outcome: "DONE" | "FAILED") =>
        db.core.withTransaction((tx) =>
          store().closeAudit(tx, id, { outcome, changed: 2, after: { mode: "paused" } }),
        );
      const dead = await open();
      const alive = await open();
      await close(alive, "DONE");
      await close(alive, "FAILED");
      await close(dead, "DONE");
      expect(await store().findAudit(null, dead)).to.include({
        outcome: "INTERRUPTED",
        changed: 0,
      });
      const record = await store().findAudit(null, alive);
      expect(record).to.deep.include({ ...auditOf(job), outcome: "DONE", changed: 2 });
      expect(record?.after).to.deep.equal({ mode: "paused" });
      expect(record?.closedAt).to.be.instanceOf(Date);
    });

    it("keeps the number of changes in the audit record of a run that died", async () => {
      const [job, other] = [await added(), await added()];
      const open = (of: NewJob) =>
        db.core.withTransaction((tx) => store().openAudit(tx, auditOf(of)));
      const [dead, beside] = [await open(job), await open(other)];
      await db.core.withTransaction((tx) => store().countAudit(tx, dead, 30));
      expect(await store().findAudit(null, dead)).to.include({ outcome: "OPEN", changed: 30 });
      await open(job);
      const interrupted = { outcome: "INTERRUPTED", changed: 30 };
      expect(await store().findAudit(null, dead)).to.include(interrupted);
      expect(await store().findAudit(null, beside)).to.include({ outcome: "OPEN", changed: 0 });
    });

    it("closes and interrupts no audit record of another job, and no closed one", async () => {
      const [job, other] = [await added(), await added()];
      const open = (of: NewJob) =>
        db.core.withTransaction((tx) => store().openAudit(tx, auditOf(of)));
      const find = (id: number) => store().findAudit(null, id);
      const [beside, first] = [await open(other), await open(job)];
      await db.core.withTransaction((tx) =>
        store().closeAudit(tx, first, { outcome: "STOPPED", changed: 1, after: undefined }),
      );
      const closed = await find(first);
      expect(closed).to.include({ outcome: "STOPPED", changed: 1 });
      await open(job);
      expect(await find(first)).to.deep.equal(closed);
      expect(await find(beside)).to.include({ outcome: "OPEN", closedAt: undefined });
    });

    it("lists audit records newest first, in pages, by operation, operator and job", async () => {
      const [first, second] = [await added(), await added()];
      const ids: number[] = [];
      for (const job of [first, second, second]) {
        ids.push(await db.core.withTransaction((tx) => store().openAudit(tx, auditOf(job))));
      }
      const [low = 0, middle = 0, high = 0] = ids;
      const list = async (filter: object) =>
        (await store().listAudit(null, { max: 10, ...filter })).map(({ id }) => id);
      expect(await list({ jobId: second.id })).to.deep.equal([high, middle]);
      expect(await list({ operation: first.operation })).to.deep.equal([low]);
      expect(await list({ operator: "nemo" })).to.deep.equal([]);
      expect(await list({ beforeId: high, max: 2 })).to.deep.equal([middle, low]);
      expect(await list({ max: 3 })).to.deep.equal([high, middle, low]);
      const blank = { operation: "", operator: "", jobId: "" };
      expect(await list({ max: 3, ...blank }), "empty").to.deep.equal([high, middle, low]);
      for (const name of ["operation", "operator", "jobId"]) {
        expect(await list({ [name]: "\u{1F3AB}" }), name).to.deep.equal([]);
      }
      expect(await store().findJob(null, "\u{1F3AB}")).to.equal(undefined);
    });

    it("refuses an audit record without a job", async () => {
      const orphan = db.core.withTransaction((tx) => store().openAudit(tx, auditOf(newJob())));
      expect(await orphan.catch(() => "refused")).to.equal("refused");
    });
  });
}
