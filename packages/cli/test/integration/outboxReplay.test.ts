import {
  type ConsumerLag,
  checkInvariants,
  consumerLag,
  openCore,
  readServersConfig,
  startWorker,
} from "@onsale/core";
import { fillSale } from "@onsale/simulator/bench";
import { expect } from "chai";
import { runOnsale, startOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

/** Number of reservations, a multiple of 100. Each reservation has about four messages. */
const RESERVATIONS = Number(process.env.REPLAY_RESERVATIONS ?? 500);
/** Messages per second: so few that the command can be killed midway. */
const RPS = Math.max(200, RESERVATIONS / 10);
/** Number of runs of the command that are killed, before one run may end. */
const KILLS = 2;
const WORK_MS_MAX = 240_000 + RESERVATIONS * 40;

describe("onsale outbox replay of a whole sale", function () {
  this.timeout(WORK_MS_MAX);
  let stack: TestStack;
  before("fills a database with a sale", async () => {
    stack = await newTestStack({ migrated: true });
    const mysqlUrl = stack.env.MYSQL_URL ?? "";
    await fillSale({ mysqlUrl, reservations: RESERVATIONS, onProgress: () => undefined });
  });
  after(() => stack.drop());

  it("has each effect once and keeps the order when it is killed and continued", async () => {
    const env = { ...stack.env, OUTBOX_BUCKETS: "64" };
    const opened = await openCore(readServersConfig({ ...env, LOG_LEVEL: "error" }));
    const { core } = opened;
    const worker = startWorker(core);
    try {
      const { published } = await core.outbox.counts(null);
      const effects = (await core.notifications.counts(null)).delivered;
      const until = new Date(core.clock.nowMs() - 1_000).toISOString();
      const words = ["outbox", "replay", "--until", until, "--rps", String(RPS)];
      const plan = await runOnsale([...words, "--json"], env);
      expect(plan.code, plan.stderr).to.equal(0);
      const { jobId, plan: planned } = JSON.parse(plan.stdout).data;
      expect(planned.count).to.equal(published);
      const again = [...words, "--execute", "--job", jobId];
      const jobOf = async () => core.operations.findJob(null, jobId);
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const { child, finished } = startOnsale(again, env);
        const enough = (published * kill) / (KILLS + 1);
        while (((await jobOf())?.changed ?? 0) < enough) await core.clock.sleep(50);
        child.kill("SIGKILL");
        await finished;
        expect((await jobOf())?.status).to.equal("RUNNING");
      }
      const last = await runOnsale([...again, "--json"], env);
      expect(last.code, last.stderr).to.equal(0);
      expect(JSON.parse(last.stdout).data).to.include({ status: "DONE", changed: published });

      while ((await core.outbox.counts(null)).pending > 0) await core.clock.sleep(100);
      while (totalLag(await consumerLag(core)) > 0) await core.clock.sleep(500);
      expect(await core.outbox.counts(null)).to.include({ published, dead: 0 });
      const after = await core.notifications.counts(null);
      expect(after).to.deep.include({ delivered: effects, owed: 0, dead: 0 });
      const report = await checkInvariants(core, { drained: true, ids: ["I5", "I6"] });
      expect(report.results.flatMap(({ violations }) => violations)).to.deep.equal([]);
      const rowsRead = report.results.find(({ id }) => id === "I6")?.rowsRead;
      expect(rowsRead, "the publications of the sale and of the replay").to.equal(2 * published);
    } finally {
      await worker.stop();
      await opened.close();
    }
  });
});

function totalLag(groups: readonly ConsumerLag[]): number {
  const partitions = groups.flatMap((group) => group.partitions);
  return partitions.reduce((sum, { lag }) => sum + lag, 0);
}
