import { expect } from "chai";
import { minuteScheduler } from "../../../src/virtual/minuteScheduler.ts";
import { virtualClock } from "../../../src/virtual/virtualClock.ts";
import { alive, mortal, schedulerRig } from "../../support/virtual/schedulerRig.ts";

const HOUR_MS = 3_600_000;

const timeOf = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

/**
 * Jobs by a clock that begins at 00:00:00, and the times at which they were called.
 * @param skewMs lead of the machine's clock, ms
 */
function jobRig(skewMs = 0) {
  const owner = mortal();
  const { scheduler } = schedulerRig();
  const beginsMs = scheduler.nowMs % HOUR_MS;
  const clock = virtualClock(scheduler, owner, skewMs - beginsMs);
  const calledAt: string[] = [];
  let isOver = false;
  void scheduler.sleep(alive, HOUR_MS + 90_000).then(() => {
    isOver = true;
  });
  return {
    scheduler,
    owner,
    calledAt,
    jobs: minuteScheduler(clock),
    note: () => calledAt.push(timeOf(clock.nowMs())),
    othersTime: () => timeOf(scheduler.nowMs - beginsMs),
    passAnHour: () => scheduler.run(() => isOver, 10_000),
  };
}

describe("minuteScheduler", () => {
  it("calls a job at its minute of each hour", async () => {
    const { jobs, note, calledAt, passAnHour } = jobRig();
    jobs.schedule("hourly", "1 * * * *", async () => void note());
    await passAnHour();
    expect(calledAt).to.deep.equal(["00:01:00", "01:01:00"]);
  });

  it("calls a job each minute", async () => {
    const { jobs, note, calledAt, passAnHour } = jobRig();
    jobs.schedule("often", "* * * * *", async () => void note());
    await passAnHour();
    expect(calledAt).to.have.length(61);
    expect(calledAt.slice(0, 2)).to.deep.equal(["00:01:00", "00:02:00"]);
  });

  it("uses the clock of its own machine", async () => {
    const { jobs, calledAt, passAnHour, othersTime } = jobRig(20_000);
    jobs.schedule("hourly", "5 * * * *", async () => void calledAt.push(othersTime()));
    await passAnHour();
    expect(calledAt).to.deep.equal(["00:04:40"]);
  });

  it("skips a run while the previous work is still running", async () => {
    const { jobs, note, calledAt, passAnHour, scheduler, owner } = jobRig();
    jobs.schedule("slow", "* * * * *", async () => {
      note();
      await scheduler.sleep(owner, 150_000);
    });
    await passAnHour();
    expect(calledAt.slice(0, 3)).to.deep.equal(["00:01:00", "00:04:00", "00:07:00"]);
  });

  it("continues after failed work", async () => {
    const { jobs, note, calledAt, passAnHour } = jobRig();
    jobs.schedule("failing", "* * * * *", async () => {
      note();
      throw new Error("no");
    });
    await passAnHour();
    expect(calledAt).to.have.length(61);
  });

  it("stops after the running work", async () => {
    const { jobs, passAnHour, scheduler, owner } = jobRig();
    const log: string[] = [];
    const job = jobs.schedule("slow", "* * * * *", async () => {
      log.push("begins");
      await scheduler.sleep(owner, 1_000);
      log.push("ends");
    });
    void scheduler
      .sleep(alive, 60_500)
      .then(() => job.stop())
      .then(() => log.push("stopped"));
    await passAnHour();
    expect(log).to.deep.equal(["begins", "ends", "stopped"]);
  });

  it("calls no job after its process has crashed", async () => {
    const { jobs, note, calledAt, passAnHour, owner } = jobRig();
    jobs.schedule("often", "* * * * *", async () => {
      note();
      owner.isAlive = false;
    });
    await passAnHour();
    expect(calledAt).to.deep.equal(["00:01:00"]);
  });

  it("refuses an unsupported cron expression", () => {
    const { jobs } = jobRig();
    const schedule = () => jobs.schedule("odd", "*/5 * * * *", async () => undefined);
    expect(schedule).to.throw("the virtual clock does not support */5 * * * *");
  });
});
