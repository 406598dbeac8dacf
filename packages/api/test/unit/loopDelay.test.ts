import { systemClock } from "@onsale/core";
import { expect } from "chai";
import { loopDelay } from "../../src/metrics/loopDelay.ts";
import { fakeClock } from "../support/fakeClock.ts";

/** Keeps the event loop from running anything else. */
function block(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

describe("the measured delay of the event loop", () => {
  it("has a pause that began right after the measurement before", async () => {
    const delay = loopDelay(systemClock);
    try {
      await systemClock.sleep(1);
      delay.takeMs();
      block(300);
      await systemClock.sleep(60);
      expect(delay.takeMs()).to.be.at.least(240);
    } finally {
      delay.stop();
    }
  });

  it("has a pause that goes on, and in the next measurement only the rest of it", async () => {
    const clock = fakeClock();
    let nowMs = 0;
    const delay = loopDelay({ ...clock, monotonicMs: () => nowMs });
    nowMs = 200.4;
    expect(delay.takeMs()).to.equal(150);
    nowMs = 210.6;
    expect(delay.takeMs()).to.equal(10);
    await clock.advance(50);
    expect(delay.takeMs(), "the timer has run").to.equal(0);
    delay.stop();
  });

  it("is the longest one since the measurement before", async () => {
    const lateMs = [0, 40, 500, 3];
    const { promise: done, resolve } = Promise.withResolvers<void>();
    let nowMs = 0;
    const delay = loopDelay({
      nowMs: () => nowMs,
      monotonicMs: () => nowMs,
      async sleep(ms) {
        const late = lateMs.shift();
        if (late === undefined) {
          resolve();
          return new Promise(() => {});
        }
        nowMs += ms + late;
      },
    });
    await done;
    expect([delay.takeMs(), delay.takeMs()]).to.deep.equal([500, 0]);
    delay.stop();
  });
});
