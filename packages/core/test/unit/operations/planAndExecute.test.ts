import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect } from "chai";
import { createdConcertSchema } from "../../../src/operations/catalog/create.ts";
import { findOperation } from "../../../src/operations/operationList.ts";
import { planAndExecute } from "../../../src/operations/planAndExecute.ts";
import type { JobReport } from "../../../src/operations/runSteps.ts";
import type { StepEvent } from "../../../src/operations/stepChannel.ts";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

const operator = { name: "mina", host: "api-1", command: "POST /concerts" };
const operation = findOperation("concert.create");
const input = {
  title: "Rush",
  singer: "Ada",
  performances: [
    {
      startsAt: "2031-05-06T19:30:00.000+09:00",
      venue: "Hall",
      sections: [{ name: "Floor", price: 150, rows: { A: 2 } }],
    },
  ],
};
const idempotency = { key: "one" };
/** The queue of the surrounding suite has one concert. */
const BEFORE = 1;

describe("planAndExecute", () => {
  const current = useMemoryQueue();
  const create = (more: object = {}, core = current().core): Promise<JobReport> =>
    planAndExecute(core, { operation, input, operator, ...more });
  const keyed = (more: object = {}, core = current().core) =>
    create({ idempotency, ...more }, core);
  const concerts = async () =>
    (await current().core.catalog.listConcerts(null, { limit: 100 })).length - BEFORE;
  const audit = () => current().core.operations.listAudit(null, { max: 100 });
  const madeBy = async ({ jobId }: JobReport) =>
    createdConcertSchema.parse((await current().core.operations.findJob(null, jobId))?.checkpoint);

  it("plans, runs, verifies and audits the change, each time when there is no key", async () => {
    for (const count of [1, 2]) {
      const report = await create();
      expect(report).to.include({ status: "DONE", changed: 2, isRepetition: false });
      expect(report.verifications.every(({ holds }) => holds)).to.equal(true);
      expect(await concerts()).to.equal(count);
    }
    expect(await audit()).to.have.length(2);
    expect((await audit())[0]).to.deep.include({ outcome: "DONE", operator, changed: 2 });
    const planned = { status: "PLANNED", max: 100 } as const;
    expect(await current().core.operations.listJobs(null, planned)).to.deep.equal([]);
  });

  it("reports the first result for the same key and input", async () => {
    const first = await keyed();
    const again = await keyed({ input: { ...input, singer: "Ada" } }, current().another());
    expect(again).to.include({ jobId: first.jobId, status: "DONE", isRepetition: true });
    expect(await madeBy(again)).to.deep.equal(await madeBy(first));
    expect(await concerts()).to.equal(1);
    expect(await audit()).to.have.length(1);
  });

  it("refuses the key for another input, and makes the change for another key", async () => {
    await keyed();
    const other = { ...input, title: "Another" };
    expect(codeOf(await failureOf(keyed({ input: other })))).to.equal("IDEMPOTENCY_KEY_REUSED");
    expect(await concerts()).to.equal(1);
    await keyed({ input: other, idempotency: { key: "One" } });
    expect(await concerts()).to.equal(2);
  });

  it("gives each operator and each operation keys of their own", async () => {
    const first = await keyed();
    const second = await keyed({ operator: { ...operator, name: "ben" } });
    const configure = { operation: findOperation("queue.configure") };
    const pause = { queueId: QUEUE_ID, settings: { mode: "paused" } };
    const third = await keyed({ ...configure, input: pause });
    expect(new Set([first, second, third].map(({ jobId }) => jobId)).size).to.equal(3);
    expect(await concerts()).to.equal(2);
  });

  it("makes one change for parallel requests with one key, and all get its result", async () => {
    const cores = [current().core, ...[1, 2, 3].map(() => current().another())];
    const reports = await Promise.all(cores.map((core) => keyed({}, core)));
    expect(new Set(reports.map(({ jobId }) => jobId)).size).to.equal(1);
    expect(reports.filter(({ isRepetition }) => !isRepetition)).to.have.length(1);
    expect(await concerts()).to.equal(1);
  });

  it("leaves the key unused when the change is refused", async () => {
    const settings = { activeCountMax: 7 };
    const refused = { ...input, queue: { id: QUEUE_ID, settings } };
    expect(codeOf(await failureOf(keyed({ input: refused })))).to.equal("INVALID_INPUT");
    await configureQueue(current().core, { queueId: QUEUE_ID, settings });
    expect(await keyed({ input: refused })).to.include({ status: "DONE", isRepetition: false });
  });

  it("refuses the key in progress when the first run does not end in time", async () => {
    await killedAt("begun", () => keyed());
    const failure = await failureOf(keyed({ timeoutMs: 1_000 }));
    expect(codeOf(failure)).to.equal("IDEMPOTENCY_IN_PROGRESS");
    expect(await concerts()).to.equal(0);
  });

  it("is refused while another run has the target for longer than the time limit", async () => {
    const { leases } = current().core;
    await leases.acquire("operation:concerts", "another", 60_000);
    for (const run of [create, keyed]) {
      expect(codeOf(await failureOf(run({ timeoutMs: 1_000 })))).to.equal("JOB_RUNNING");
    }
    expect(await concerts()).to.equal(0);
  });

  for (const point of ["begun", "saved", "verified", "closed"] as const) {
    it(`continues with the same key after the process died at "${point}"`, async () => {
      await killedAt(point, () => keyed());
      const report = await keyed();
      expect(report).to.include({ status: "DONE", changed: 2, isRepetition: point === "closed" });
      expect(await concerts()).to.equal(1);
      expect((await madeBy(report)).performanceIds).to.have.length(1);
    });
  }

  it("makes no report of a run whose time ended before its step", async () => {
    expect(codeOf(await failureOf(keyed({ timeoutMs: 0 })))).to.equal("IDEMPOTENCY_IN_PROGRESS");
    expect(codeOf(await failureOf(create({ timeoutMs: 0 })))).to.equal("DEPENDENCY_UNAVAILABLE");
    expect(await concerts()).to.equal(0);
    expect(await keyed()).to.include({ status: "DONE", changed: 2 });
  });

  it("asks for the permission of a dangerous operation", async () => {
    const revoke = { operation: findOperation("queue.revoke"), input: { queueId: QUEUE_ID } };
    const codes = [
      await failureOf(create(revoke)),
      await failureOf(create({ ...revoke, confirmation: QUEUE_ID })),
    ].map(codeOf);
    expect(codes).to.deep.equal(["CONFIRMATION_REQUIRED", "REASON_REQUIRED"]);
    const done = await create({ ...revoke, confirmation: QUEUE_ID, reason: "tokens leaked" });
    expect(done).to.include({ status: "DONE" });
  });

  /** Kills the process of the run at its first point of this name. */
  async function killedAt(point: StepEvent["step"], run: () => Promise<unknown>): Promise<void> {
    const die = (event: unknown): void => {
      const isPoint = typeof event === "object" && event !== null && "step" in event;
      if (isPoint && event.step === point) current().loseCalls(/./);
    };
    subscribe("onsale:operation-step", die);
    try {
      await Promise.allSettled([run()]);
    } finally {
      unsubscribe("onsale:operation-step", die);
      current().restoreCalls();
    }
  }
});
