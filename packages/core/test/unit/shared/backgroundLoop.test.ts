import { expect } from "chai";
import sinon from "sinon";
import { type BackgroundLoopOptions, backgroundLoop } from "../../../src/shared/backgroundLoop.ts";
import { fakeClock, settlePromises } from "../../support/fakeClock.ts";

const IDLE_MS = 1_000;
const FAILURE_MS = 5_000;

function setUp(runOnce: BackgroundLoopOptions["runOnce"], intervalMinMs = 0) {
  const clock = fakeClock();
  const onError = sinon.spy();
  const spiedRun = sinon.spy(runOnce);
  const loop = backgroundLoop({
    name: "test",
    clock,
    idleMs: IDLE_MS,
    intervalMinMs,
    failureMs: FAILURE_MS,
    runOnce: spiedRun,
    onError,
  });
  return { clock, loop, runOnce: spiedRun, onError };
}

describe("a background loop", () => {
  it("runs no iteration before its start, and one loop when started twice", async () => {
    const { loop, runOnce, clock } = setUp(async () => false);
    await clock.advance(IDLE_MS * 3);
    expect(runOnce.callCount).to.equal(0);
    loop.start();
    loop.start();
    await settlePromises();
    expect(runOnce.callCount).to.equal(1);
    await loop.stop();
  });

  it("pauses between iterations when there is nothing to do", async () => {
    const { loop, runOnce, clock } = setUp(async () => false);
    loop.start();
    await clock.advance(IDLE_MS - 1);
    expect(runOnce.callCount).to.equal(1);
    await clock.advance(1);
    expect(runOnce.callCount).to.equal(2);
    await loop.stop();
  });

  it("continues immediately while there is more to do", async () => {
    let left = 5;
    const { loop, runOnce, clock } = setUp(async () => {
      left -= 1;
      return left > 0;
    });
    loop.start();
    await clock.advance(0);
    expect(runOnce.callCount).to.equal(5);
    await loop.stop();
  });

  it("starts no iteration before the shortest interval, even after a nudge", async () => {
    const { loop, runOnce, clock } = setUp(async () => true, 50);
    loop.start();
    await clock.advance(0);
    loop.nudge();
    await clock.advance(49);
    expect(runOnce.callCount).to.equal(1);
    await clock.advance(1);
    expect(runOnce.callCount).to.equal(2);
    await loop.stop();
  });

  it("reports an error, pauses longer, and continues", async () => {
    const failure = new Error("once");
    let failed = false;
    const { loop, runOnce, onError, clock } = setUp(async () => {
      if (failed) return false;
      failed = true;
      throw failure;
    });
    loop.start();
    await clock.advance(FAILURE_MS - 1);
    expect(runOnce.callCount).to.equal(1);
    expect(onError.calledOnceWithExactly(failure)).to.equal(true);
    await clock.advance(1);
    expect(runOnce.callCount).to.equal(2);
    await loop.stop();
  });

  it("begins the next iteration immediately when nudged", async () => {
    const { loop, runOnce, clock } = setUp(async () => false);
    loop.start();
    await clock.advance(1);
    loop.nudge();
    await settlePromises();
    expect(runOnce.callCount).to.equal(2);
    await loop.stop();
  });

  it("remembers a nudge that comes during an iteration", async () => {
    const gate = Promise.withResolvers<void>();
    const { loop, runOnce } = setUp(async () => {
      await gate.promise;
      return false;
    });
    loop.start();
    await settlePromises();
    loop.nudge();
    gate.resolve();
    await settlePromises();
    expect(runOnce.callCount).to.equal(2);
    await loop.stop();
  });

  it("never runs two iterations at a time, however often it is nudged", async () => {
    let running = 0;
    let runningMax = 0;
    const clockSteps = fakeClock();
    const { loop, runOnce } = setUp(async () => {
      running += 1;
      runningMax = Math.max(runningMax, running);
      await clockSteps.sleep(10);
      running -= 1;
      return true;
    });
    loop.start();
    for (let step = 0; step < 10; step += 1) {
      loop.nudge();
      await clockSteps.advance(10);
    }
    expect(runOnce.callCount).to.be.above(1);
    expect(runningMax).to.equal(1);
    const stopped = loop.stop();
    await clockSteps.advance(20);
    await stopped;
  });

  it("aborts the running iteration at a stop, waits for it, and starts no other", async () => {
    const gate = Promise.withResolvers<void>();
    let signalled = false;
    const { loop, runOnce, clock } = setUp(async (signal) => {
      signal.addEventListener("abort", () => {
        signalled = true;
      });
      await gate.promise;
      return true;
    });
    loop.start();
    await settlePromises();
    let stopped = false;
    const stopping = Promise.all([loop.stop(), loop.stop()]).then(() => {
      stopped = true;
    });
    await settlePromises();
    expect({ signalled, stopped }).to.deep.equal({ signalled: true, stopped: false });
    gate.resolve();
    await stopping;
    await clock.advance(IDLE_MS * 10);
    expect(runOnce.callCount).to.equal(1);
    expect(clock.sleeping()).to.equal(0);
  });

  it("stops immediately during a pause, and when it never started", async () => {
    const { loop } = setUp(async () => false);
    loop.start();
    await settlePromises();
    await loop.stop();
    await setUp(async () => false).loop.stop();
  });
});
