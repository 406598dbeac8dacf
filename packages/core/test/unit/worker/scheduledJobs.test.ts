import { expect } from "chai";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { cleanUp } from "../../../src/worker/cleanUp.ts";
import { type CoarseJob, runScheduledJob } from "../../../src/worker/runScheduledJob.ts";
import { openMemoryTestCore } from "../../support/memoryCore.ts";
import { outboxMessage } from "../../support/outboxMessages.ts";

const LEASE_MS = 50_000;
const TICK_MS = 60_000;

function jobFixture() {
  const { core, clock } = openMemoryTestCore();
  const stopping = new AbortController();
  let runs = 0;
  const job = (run: CoarseJob<CoreContext>["run"] = async () => {}): CoarseJob<CoreContext> => ({
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
  it("runs once at a scheduled time that three workers reach", async () => {
    const { tick, runs } = jobFixture();
    await Promise.all(["a", "b", "c"].map((owner) => tick(owner)));
    expect(runs()).to.equal(1);
  });

  it("does not run again on a worker whose clock is slower", async () => {
    const { clock, tick, runs } = jobFixture();
    await tick("a");
    clock.pass(LEASE_MS - 1);
    await tick("b");
    expect(runs()).to.equal(1);
  });

  it("runs once at the next scheduled time, on the first worker", async () => {
    const { clock, tick, runs } = jobFixture();
    await tick("a");
    clock.pass(TICK_MS);
    await Promise.all([tick("b"), tick("a")]);
    expect(runs()).to.equal(2);
  });

  it("is informed that its lease has expired, so that it never overlaps the next run", async () => {
    const { clock, job, tick } = jobFixture();
    const answers: boolean[] = [];
    await tick(
      "a",
      job(async (_core, isMine) => {
        answers.push(isMine());
        clock.pass(LEASE_MS);
        answers.push(isMine());
      }),
    );
    expect(answers).to.deep.equal([true, false]);
  });

  it("is informed that the worker stops", async () => {
    const { job, tick, stopping } = jobFixture();
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

describe("cleanUp", () => {
  const RETENTION_MS = 60_000;
  const BATCH_MAX = 500;

  /** A core with this number of messages that were published long ago, and one inbox record. */
  async function cleanUpFixture(messageCount: number) {
    const opened = openMemoryTestCore({ RETENTION_MS: String(RETENTION_MS) });
    const { core, servers } = opened;
    const { outboxMessages, outboxPublications } = servers.database.tables;
    const lease = await core.leases.acquire("outbox-bucket:0", "relay", RETENTION_MS);
    if (!lease) throw new Error("no other relay holds the lease");
    const record = () =>
      core.withTransaction((tx) => core.inbox.record(tx, "reservation-notifier", "message"));
    await core.withTransaction(async (tx) => {
      const messages = Array.from({ length: messageCount }, (_unused, index) => ({
        ...outboxMessage(index + 1),
        type: "reservation.held" as const,
      }));
      await core.outbox.append(tx, messages);
      const ids = (await core.outbox.due(tx, 0, messageCount)).map(({ id }) => id);
      await core.outbox.markPublished(tx, [lease], ids);
    });
    await record();
    return {
      ...opened,
      record,
      /** Outbox messages and publications that are stored. */
      stored: () =>
        servers.database.autocommit((s) => [
          s.all(outboxMessages).length,
          s.all(outboxPublications).length,
        ]),
      /** Transactions that delete outbox rows when the job runs. */
      async batchesOf(isMine: () => boolean): Promise<number> {
        const calls = await opened.callsOf(() => cleanUp.run(core, isMine));
        return calls.filter((call) => call === "mysql outbox.cleanUp:messages").length;
      },
    };
  }

  it("deletes old rows in batches of 500 until a batch is not full", async () => {
    const { batchesOf, stored, clock, metrics } = await cleanUpFixture(2 * BATCH_MAX + 3);
    clock.pass(RETENTION_MS);
    await batchesOf(() => true);
    expect(await stored(), "not older than the retention").to.deep.equal([1_003, 1_003]);
    clock.pass(1);
    expect(await batchesOf(() => true)).to.equal(3);
    expect(await stored()).to.deep.equal([0, 0]);
    expect(metrics.counted("cleaned_up_rows_total", { kind: "outbox" })).to.equal(2 * 1_003);
  });

  it("keeps an inbox record for twice the retention: Kafka may deliver old messages", async () => {
    const { core, record, clock } = await cleanUpFixture(0);
    clock.pass(2 * RETENTION_MS);
    await cleanUp.run(core, () => true);
    expect(await record(), "still recognised as a repetition").to.equal(false);
    clock.pass(1);
    await cleanUp.run(core, () => true);
    expect(await record()).to.equal(true);
  });

  it("ends between two batches when its lease has expired", async () => {
    const { batchesOf, stored, record, clock } = await cleanUpFixture(3 * BATCH_MAX);
    clock.pass(2 * RETENTION_MS + 1);
    let answers = 0;
    const isMineTwice = (): boolean => {
      answers += 1;
      return answers <= 2;
    };
    expect(await batchesOf(isMineTwice)).to.equal(2);
    expect(await stored()).to.deep.equal([BATCH_MAX, BATCH_MAX]);
    expect(await record(), "the inbox was not cleaned").to.equal(false);
  });
});
