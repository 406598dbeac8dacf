import { expect } from "chai";
import { progressWatchdog } from "../../../src/adapters/kafka/watchdog.ts";
import { NoAnswerError, withinTime } from "../../../src/adapters/kafka/withinTime.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { failureOf } from "../../support/fixtures.ts";

const STALL_MS = 30_000;

describe("the progress watchdog", () => {
  function watched() {
    const clock = fakeClock();
    const watchdog = progressWatchdog(clock, STALL_MS);
    watchdog.isStalled({ lag: 5, beats: 0 });
    return { clock, watchdog };
  }

  it("reports a stall when messages wait and the consumer applies none", async () => {
    const { clock, watchdog } = watched();
    await clock.advance(STALL_MS - 1);
    expect(watchdog.isStalled({ lag: 5, beats: 0 })).to.equal(false);
    await clock.advance(1);
    expect(watchdog.isStalled({ lag: 5, beats: 0 })).to.equal(true);
  });

  it("reports no stall of a slow consumer that applies messages", async () => {
    const { clock, watchdog } = watched();
    for (let beats = 1; beats < 10; beats += 1) {
      await clock.advance(STALL_MS - 1);
      expect(watchdog.isStalled({ lag: 5_000, beats })).to.equal(false);
    }
  });

  it("reports no stall of an idle consumer", async () => {
    const { clock, watchdog } = watched();
    await clock.advance(10 * STALL_MS);
    expect(watchdog.isStalled({ lag: 0, beats: 0 })).to.equal(false);
  });

  it("reports a stall of a consumer that never joins its group", async () => {
    const { clock, watchdog } = watched();
    await clock.advance(STALL_MS);
    expect(watchdog.isStalled({ lag: undefined, beats: 0 })).to.equal(true);
  });

  it("starts a new period after a restart or an outage", async () => {
    const { clock, watchdog } = watched();
    await clock.advance(STALL_MS);
    watchdog.reset();
    expect(watchdog.isStalled({ lag: 5, beats: 0 })).to.equal(false);
  });
});

describe("withinTime", () => {
  it("returns the result of work that ends in time, and ends the timer", async () => {
    const clock = fakeClock();
    expect(await withinTime(clock, 1_000, Promise.resolve("done"))).to.equal("done");
    const failure = new Error("broken");
    expect(await failureOf(withinTime(clock, 1_000, Promise.reject(failure)))).to.equal(failure);
    expect(clock.sleeping()).to.equal(0);
  });

  it("rejects work that exceeds the time limit", async () => {
    const clock = fakeClock();
    const failing = failureOf(withinTime(clock, 1_000, new Promise(() => {})));
    await clock.advance(1_000);
    expect(await failing).to.be.instanceOf(NoAnswerError);
  });

  it("stops waiting for work when the signal aborts", async () => {
    const stopping = new AbortController();
    const never = new Promise(() => {});
    const failing = failureOf(withinTime(fakeClock(), 1_000, never, stopping.signal));
    stopping.abort();
    expect(await failing).to.be.instanceOf(NoAnswerError);
  });
});
