import { expect } from "chai";
import sinon from "sinon";
import { cleanUp } from "../../../src/worker/cleanUp.ts";
import { type CoarseJob, runScheduledJob } from "../../../src/worker/runScheduledJob.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { fakeLeases } from "../../support/fakeLeases.ts";
import { recordingLog, recordingMetrics } from "../../support/recorders.ts";

const LEASE_MS = 50_000;
const TICK_MS = 60_000;

function jobWorld() {
  const clock = fakeClock();
  const core = {
    clock,
    leases: fakeLeases(clock),
    metrics: recordingMetrics(),
    log: recordingLog(),
  };
  const stopping = new AbortController();
  let runs = 0;
  const job = (run: CoarseJob<typeof core>["run"] = async () => {}): CoarseJob<typeof core> => ({
    name: "tidy",
    cron: "* * * * *",
    leaseMs: LEASE_MS,
    async run(given, isMine) {
      runs += 1;
      await run(given, isMine);
    },
  });
  const tick = (owner: string, what = job()) => runScheduledJob(core, what, owner, stopping.signal);
  return { clock, core, job, tick, stopping, runs: () => runs };
}

describe("a scheduled job", () => {
  it("runs once for a tick, however many workers have it", async () => {
    const { tick, runs } = jobWorld();
    await Promise.all(["a", "b", "c"].map((owner) => tick(owner)));
    expect(runs()).to.equal(1);
  });

  it("is not run again by a worker whose clock is a little late", async () => {
    const { clock, tick, runs } = jobWorld();
    await tick("a");
    await clock.advance(LEASE_MS - 1);
    await tick("b");
    expect(runs()).to.equal(1);
  });

  it("runs at the next tick, on whichever worker comes first", async () => {
    const { clock, tick, runs } = jobWorld();
    await tick("a");
    await clock.advance(TICK_MS);
    await Promise.all([tick("b"), tick("a")]);
    expect(runs()).to.equal(2);
  });

  it("is told when its time is over, so that it never runs beside its successor", async () => {
    const { clock, job, tick } = jobWorld();
    const answers: boolean[] = [];
    await tick(
      "a",
      job(async (_core, isMine) => {
        answers.push(isMine());
        await clock.advance(LEASE_MS);
        answers.push(isMine());
      }),
    );
    expect(answers).to.deep.equal([true, false]);
  });

  it("is told when the worker stops", async () => {
    const { job, tick, stopping } = jobWorld();
    const answers: boolean[] = [];
    await tick(
      "a",
      job(async (_core, isMine) => {
        stopping.abort();
        answers.push(isMine());
      }),
    );
    expect(answers).to.deep.equal([false]);
  });
});

describe("cleaning up", () => {
  const RETENTION_MS = 60_000;

  function cleanUpWorld(counts: readonly number[]) {
    const kinds = {
      outbox: sinon.stub().resolves(0),
      inbox: sinon.stub().resolves(0),
      notifications: sinon.stub().resolves(0),
      idempotency: sinon.stub().resolves(0),
    };
    counts.forEach((count, call) => void kinds.outbox.onCall(call).resolves(count));
    const core = {
      config: testCoreConfig({ RETENTION_MS: String(RETENTION_MS) }),
      metrics: recordingMetrics(),
      leases: fakeLeases(fakeClock()),
      withTransaction: <T>(work: (tx: { label: string }) => Promise<T>): Promise<T> =>
        work({ label: "tx" }),
      outbox: { cleanUp: kinds.outbox },
      inbox: { cleanUp: kinds.inbox },
      notifications: { cleanUp: kinds.notifications },
      idempotency: { cleanUp: kinds.idempotency },
    };
    return { core, kinds };
  }

  it("deletes in small batches until one is not full", async () => {
    const { core, kinds } = cleanUpWorld([500, 500, 3]);
    await cleanUp.run(core, () => true);
    expect(kinds.outbox.callCount).to.equal(3);
    expect(kinds.outbox.firstCall.args.slice(1)).to.deep.equal([RETENTION_MS, 500]);
    expect(core.metrics.counted("cleaned_up_rows_total", { kind: "outbox" })).to.equal(1_003);
  });

  it("keeps the inbox for twice the retention: the broker may deliver old messages", async () => {
    const { core, kinds } = cleanUpWorld([]);
    await cleanUp.run(core, () => true);
    expect(kinds.inbox.firstCall.args.slice(1)).to.deep.equal([
      "reservation-notifier",
      2 * RETENTION_MS,
      500,
    ]);
  });

  it("ends between two batches when the tick is no longer its own", async () => {
    const { core, kinds } = cleanUpWorld([500, 500, 500]);
    let asked = 0;
    await cleanUp.run(core, () => {
      asked += 1;
      return asked <= 2;
    });
    expect(kinds.outbox.callCount).to.equal(2);
    expect(kinds.inbox.called).to.equal(false);
  });
});
