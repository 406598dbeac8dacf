import { expect } from "chai";
import sinon from "sinon";
import { cronScheduler } from "../../../src/adapters/cron/cronScheduler.ts";
import { recordingLog } from "../../support/recorders.ts";

const SECOND_MS = 1_000;
const EVERY_SECOND = "* * * * * *";

describe("cronScheduler", () => {
  let timers: sinon.SinonFakeTimers;
  let zone: string | undefined;

  beforeEach("takes the time over, in a zone that is not UTC", () => {
    zone = process.env.TZ;
    process.env.TZ = "Asia/Seoul";
    timers = sinon.useFakeTimers({ now: Date.UTC(2026, 0, 1, 3, 59, 58) });
  });
  afterEach("gives it back", () => {
    timers.restore();
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it("never calls a job while its last call is still running", async () => {
    let running = 0;
    let overlaps = 0;
    let calls = 0;
    const gate = Promise.withResolvers<void>();
    const job = cronScheduler(recordingLog()).schedule("slow", EVERY_SECOND, async () => {
      calls += 1;
      running += 1;
      if (running > 1) overlaps += 1;
      await gate.promise;
      running -= 1;
    });
    await timers.tickAsync(5 * SECOND_MS);
    expect({ calls, overlaps }).to.deep.equal({ calls: 1, overlaps: 0 });
    gate.resolve();
    await timers.tickAsync(2 * SECOND_MS);
    expect(calls).to.be.above(1);
    await job.stop();
  });

  it("uses UTC in every time zone of the machine", async () => {
    let calls = 0;
    const job = cronScheduler(recordingLog()).schedule("daily", "0 4 * * *", async () => {
      calls += 1;
    });
    await timers.tickAsync(SECOND_MS);
    expect(calls, "at 03:59:59 UTC").to.equal(0);
    await timers.tickAsync(2 * SECOND_MS);
    expect(calls, "at 04:00:01 UTC").to.equal(1);
    await job.stop();
  });

  it("logs a call that fails, and calls the job again", async () => {
    const log = recordingLog();
    const job = cronScheduler(log).schedule("broken", EVERY_SECOND, async () => {
      throw new Error("no luck");
    });
    await timers.tickAsync(3 * SECOND_MS);
    expect(log.lines.length).to.be.above(1);
    expect(log.lines[0]).to.deep.include({
      level: "warn",
      fields: { event: "job.failed", job: "broken", reason: "Error: no luck" },
    });
    await job.stop();
  });

  it("waits for the running call when it stops, and makes no other call", async () => {
    let calls = 0;
    const gate = Promise.withResolvers<void>();
    const job = cronScheduler(recordingLog()).schedule("slow", EVERY_SECOND, async () => {
      calls += 1;
      await gate.promise;
    });
    await timers.tickAsync(SECOND_MS);
    let stopped = false;
    const stopping = job.stop().then(() => {
      stopped = true;
    });
    await timers.tickAsync(SECOND_MS);
    expect(stopped).to.equal(false);
    gate.resolve();
    await stopping;
    await timers.tickAsync(3 * SECOND_MS);
    expect(calls).to.equal(1);
  });
});
