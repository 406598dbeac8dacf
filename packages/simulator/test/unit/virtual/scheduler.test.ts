import { getEventListeners } from "node:events";
import { expect } from "chai";
import { alive, mortal, STEP_MS, schedulerRig } from "../../support/virtual/schedulerRig.ts";

describe("Scheduler: order", () => {
  it("continues the oldest operation when the chooser takes the first", async () => {
    const { scheduler, runOut } = schedulerRig();
    const order: string[] = [];
    for (const name of ["a", "b", "c"]) void scheduler.nextStep(alive).then(() => order.push(name));
    await runOut();
    expect(order).to.deep.equal(["a", "b", "c"]);
  });

  it("continues the chosen operation, and calls the chooser only for two or more", async () => {
    const { scheduler, counts, runOut } = schedulerRig((count) => count - 1);
    const order: string[] = [];
    for (const name of ["a", "b", "c"]) void scheduler.nextStep(alive).then(() => order.push(name));
    await runOut();
    expect(order).to.deep.equal(["c", "b", "a"]);
    expect(counts).to.deep.equal([3, 2]);
  });

  it("counts a sleeping operation as ready when its time has come", async () => {
    const { scheduler, counts, runOut } = schedulerRig((count) => count - 1);
    const order: string[] = [];
    void scheduler.sleep(alive, 0).then(() => order.push("sleeper"));
    void scheduler.nextStep(alive).then(() => order.push("turn"));
    await runOut();
    expect(counts).to.deep.equal([2]);
    expect(order).to.deep.equal(["sleeper", "turn"]);
  });

  it("continues no operation before the previous one has settled", async () => {
    const { scheduler, runOut } = schedulerRig();
    const log: string[] = [];
    async function act(name: string): Promise<void> {
      for (let round = 0; round < 3; round += 1) {
        await scheduler.nextStep(alive);
        log.push(`${name} begins`);
        for (let tick = 0; tick < 50; tick += 1) await Promise.resolve();
        log.push(`${name} ends`);
      }
    }
    for (const name of ["a", "b", "c"]) void act(name);
    await runOut();
    const pairs = Array.from({ length: 9 }, (_unused, at) => log.slice(2 * at, 2 * at + 2));
    expect(log).to.have.length(18);
    for (const [begin = "", end] of pairs) expect(end).to.equal(begin.replace("begins", "ends"));
  });
});

describe("Scheduler: time", () => {
  it("advances the time only by steps while an operation is ready", async () => {
    const { scheduler, runOut } = schedulerRig();
    const seenMs: number[] = [];
    async function act(): Promise<void> {
      for (let round = 0; round < 4; round += 1) {
        await scheduler.nextStep(alive);
        seenMs.push(scheduler.elapsedMs);
      }
    }
    void act();
    void scheduler.sleep(alive, 1_000).then(() => seenMs.push(scheduler.elapsedMs));
    await runOut();
    expect(seenMs).to.deep.equal([1, 2, 3, 4].map((step) => step * STEP_MS).concat(1_000.25));
    expect(scheduler.steps).to.equal(5);
  });

  it("jumps to the time of the first sleeper when all operations sleep", async () => {
    const { scheduler, runOut } = schedulerRig();
    const order: string[] = [];
    const note = (name: string) => () => order.push(`${name} ${scheduler.elapsedMs}`);
    void scheduler.sleep(alive, 50_000).then(note("late"));
    void scheduler.sleep(alive, 20).then(note("early"));
    await runOut();
    expect(order).to.deep.equal(["early 20.25", "late 50000.25"]);
  });

  it("wakes sleepers in the order of their times, then in order of arrival", async () => {
    const { scheduler, runOut } = schedulerRig();
    const times = Array.from({ length: 500 }, (_unused, at) => ((at * 7_919) % 101) * 1_000);
    const woken: number[] = [];
    for (const [at, ms] of times.entries()) {
      void scheduler.sleep(alive, ms).then(() => woken.push(at));
    }
    await runOut();
    const sorted = [...times.keys()].sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
    expect(woken).to.deep.equal(sorted);
  });

  it("treats a negative sleep as a sleep of zero", async () => {
    const { scheduler, runOut } = schedulerRig();
    const order: string[] = [];
    const note = (name: string) => () => order.push(`${name} ${scheduler.elapsedMs}`);
    void scheduler.sleep(alive, 0).then(note("nothing"));
    void scheduler.sleep(alive, -500).then(note("less"));
    await runOut();
    expect(order).to.deep.equal([`nothing ${STEP_MS}`, `less ${2 * STEP_MS}`]);
  });

  it("starts the time at a fixed day", () => {
    const { scheduler } = schedulerRig();
    expect(new Date(scheduler.nowMs).toISOString()).to.equal("2027-01-01T00:16:50.000Z");
    expect(scheduler.elapsedMs).to.equal(0);
  });
});

describe("Scheduler: a sleep with a signal", () => {
  it("ends a sleep when the signal aborts, without a step and without time", async () => {
    const { scheduler, runOut } = schedulerRig();
    const giveUp = new AbortController();
    let wokenMs: number | undefined;
    void scheduler.sleep(alive, 5_000, giveUp.signal).then(() => {
      wokenMs = scheduler.elapsedMs;
    });
    void scheduler.nextStep(alive).then(() => giveUp.abort());
    await runOut();
    expect(wokenMs).to.equal(STEP_MS);
    expect(scheduler).to.include({ steps: 1, elapsedMs: STEP_MS });
  });

  it("ends a sleep immediately when the signal was aborted before the call", async () => {
    const { scheduler } = schedulerRig();
    await scheduler.sleep(alive, 5_000, AbortSignal.abort());
    expect(scheduler.steps).to.equal(0);
  });

  it("removes the listener of a sleep from the signal", async () => {
    const { scheduler, runOut } = schedulerRig();
    const { signal } = new AbortController();
    void scheduler.sleep(alive, 5, signal);
    expect(getEventListeners(signal, "abort")).to.have.length(1);
    await runOut();
    expect(getEventListeners(signal, "abort")).to.have.length(0);
  });
});

describe("Scheduler: owners", () => {
  it("never continues an operation of a crashed owner", async () => {
    const { scheduler, runOut } = schedulerRig();
    const process = mortal();
    const order: string[] = [];
    void scheduler.nextStep(alive).then(() => {
      process.isAlive = false;
    });
    void scheduler.nextStep(process).then(() => order.push("a dead one's turn"));
    void scheduler.sleep(process, 10).then(() => order.push("a dead one's sleep"));
    void scheduler.sleep(alive, 20).then(() => order.push("a living one's sleep"));
    await runOut();
    expect(order).to.deep.equal(["a living one's sleep"]);
  });

  it("does not advance the time for a crashed owner", async () => {
    const { scheduler, runOut } = schedulerRig();
    const process = mortal();
    void scheduler.nextStep(alive);
    void scheduler.sleep(process, 1_000);
    process.isAlive = false;
    await runOut();
    expect(scheduler.elapsedMs).to.equal(STEP_MS);
  });
});

describe("Scheduler: the end of a run", () => {
  it("ends a run as over when isOver returns true, and continues no operation", async () => {
    const { scheduler } = schedulerRig();
    let turns = 0;
    async function act(): Promise<void> {
      for (;;) {
        await scheduler.nextStep(alive);
        turns += 1;
      }
    }
    void act();
    expect(await scheduler.run(() => turns === 7, 100)).to.equal("over");
    expect(turns).to.equal(7);
  });

  it("ends a run as stuck when no operation is left", async () => {
    const { scheduler } = schedulerRig();
    void scheduler.nextStep(alive);
    expect(await scheduler.run(() => false, 100)).to.equal("stuck");
  });

  it("ends a run as out of steps when it takes too many steps", async () => {
    const { scheduler } = schedulerRig();
    async function circle(): Promise<void> {
      for (;;) await scheduler.nextStep(alive);
    }
    void circle();
    expect(await scheduler.run(() => false, 50)).to.equal("out of steps");
    expect(scheduler.steps).to.equal(50);
  });
});
