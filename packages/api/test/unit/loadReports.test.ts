import type { ApiLoad } from "@onsale/core";
import { expect } from "chai";
import { apiActivity } from "../../src/metrics/apiActivity.ts";
import { reportLoad } from "../../src/metrics/loadReports.ts";
import { fakeClock } from "../support/fakeClock.ts";
import { recordingLog } from "../support/recordingLog.ts";
import { testConfig } from "../support/testConfig.ts";

/** A process that reports to a store of the test. */
function fixture() {
  const clock = fakeClock();
  const log = recordingLog();
  const reports: ApiLoad[] = [];
  const removed: string[] = [];
  const redis = { isUp: true };
  const requireRedis = (): void => {
    if (!redis.isUp) throw new Error("redis does not answer");
  };
  const apiLoads = {
    async report(load: ApiLoad) {
      requireRedis();
      reports.push(load);
    },
    async remove(processName: string) {
      requireRedis();
      removed.push(processName);
    },
    list: async () => [],
  };
  const pool = { inUse: 2, waiting: 0, max: 16 };
  const core = { apiLoads, clock, log, processName: "sale-2:4711", poolUse: () => pool };
  const activity = apiActivity(core, testConfig());
  return { clock, log, reports, removed, redis, activity, start: () => reportLoad(core, activity) };
}

describe("the reports of an API process", () => {
  it("begin immediately, and have the figures of each second", async () => {
    const { clock, reports, activity, start } = fixture();
    const answer = { route: "/api/v1/concerts", code: undefined, isReplay: false, ms: 1 };
    const reporting = start();
    await clock.advance(0);
    activity.count({ ...answer, status: 200 });
    activity.count({ ...answer, status: 503 });
    await clock.advance(2_000);
    expect(reports.map(({ uptimeMs, answered }) => [uptimeMs, answered])).to.deep.equal([
      [0, 0],
      [1_000, 2],
      [2_000, 0],
    ]);
    expect(reports[1]).to.deep.include({
      ...{ processName: "sale-2:4711", windowMs: 1_000, unavailable: 1, loopDelayMs: 0 },
      pool: { inUse: 2, waiting: 0, max: 16 },
    });
    await reporting.stop();
  });

  it("end with the process, which removes its report", async () => {
    const { clock, log, reports, removed, start } = fixture();
    const reporting = start();
    await clock.advance(0);
    await reporting.stop();
    await clock.advance(10_000);
    expect(reports).to.have.length(1);
    expect(removed).to.deep.equal(["sale-2:4711"]);
    expect(log.lines).to.deep.equal([]);
  });

  it("go on after an outage of Redis, and do not keep the process from ending in one", async () => {
    const { clock, log, reports, redis, start } = fixture();
    redis.isUp = false;
    const reporting = start();
    await clock.advance(5_000);
    redis.isUp = true;
    await clock.advance(1_000);
    expect(reports).to.have.length(1);
    redis.isUp = false;
    await reporting.stop();
    expect(log.lines.map(({ level, fields }) => [level, fields.event])).to.deep.equal([
      ["warn", "api.report_not_removed"],
    ]);
  });
});
