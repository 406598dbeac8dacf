import { expect } from "chai";
import { systemClock } from "../../../src/shared/clock.ts";
import { deadlineSweep } from "../../../src/shared/deadlineSweep.ts";
import { fakeClock } from "../../support/fakeClock.ts";

describe("deadlines that share a timer", () => {
  const times = { timeoutMs: 700, sweepMs: 20 };

  it("pass one to two sweeps after the timeout", async () => {
    const clock = fakeClock();
    const start = deadlineSweep(clock, times);
    const passed: string[] = [];
    start(() => passed.push("first"));
    await clock.advance(310);
    start(() => passed.push("second"));
    await clock.advance(409);
    expect(passed).to.deep.equal([]);
    await clock.advance(21);
    expect(passed).to.deep.equal(["first"]);
    await clock.advance(289);
    expect(passed).to.deep.equal(["first"]);
    await clock.advance(21);
    expect(passed).to.deep.equal(["first", "second"]);
  });

  it("do not pass when they ended early", async () => {
    const clock = fakeClock();
    const start = deadlineSweep(clock, times);
    const passed: string[] = [];
    const end = start(() => passed.push("ended"));
    start(() => passed.push("other"));
    await clock.advance(400);
    end();
    end();
    await clock.advance(1000);
    expect(passed).to.deep.equal(["other"]);
  });

  it("use one timer together, and none while no deadline runs", async () => {
    const clock = fakeClock();
    const start = deadlineSweep(clock, times);
    const ends = Array.from({ length: 100 }, () => start(() => {}));
    expect(clock.sleeping()).to.equal(1);
    for (const end of ends) end();
    await clock.advance(20);
    expect(clock.sleeping()).to.equal(0);
    start(() => {});
    expect(clock.sleeping()).to.equal(1);
  });

  it("do not pass when the work of a blocked process ends right after the block", async () => {
    const start = deadlineSweep(systemClock, { timeoutMs: 20, sweepMs: 20 });
    const outcome = await new Promise((resolve) => {
      const end = start(() => resolve("passed"));
      // Represents a call that leaves at the end of this turn, and for its answer in a later one.
      setImmediate(() =>
        setImmediate(() => {
          end();
          resolve("ended");
        }),
      );
      const untilMs = performance.now() + 60;
      while (performance.now() < untilMs);
    });
    expect(outcome).to.equal("ended");
  });
});
