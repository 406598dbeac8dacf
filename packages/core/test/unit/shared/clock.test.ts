import { expect } from "chai";
import sinon from "sinon";
import { systemClock } from "../../../src/shared/clock.ts";

describe("the machine's clock", () => {
  let timers: sinon.SinonFakeTimers;
  beforeEach(() => {
    timers = sinon.useFakeTimers({ now: 1_700_000_000_000 });
  });
  afterEach(() => timers.restore());

  it("returns milliseconds since the epoch", () => {
    expect(systemClock.nowMs()).to.equal(1_700_000_000_000);
  });

  it("sleeps for the given time", async () => {
    let awake = false;
    const sleeping = systemClock.sleep(100).then(() => {
      awake = true;
    });
    await timers.tickAsync(99);
    expect(awake).to.equal(false);
    await timers.tickAsync(1);
    expect(awake).to.equal(true);
    await sleeping;
  });

  it("wakes immediately when the signal aborts, and leaves no timer", async () => {
    const stopping = new AbortController();
    const sleeping = systemClock.sleep(100_000, stopping.signal);
    stopping.abort();
    await sleeping;
    expect(timers.countTimers()).to.equal(0);
  });

  it("does not sleep when the signal was aborted before the call", async () => {
    await systemClock.sleep(100_000, AbortSignal.abort());
    expect(timers.countTimers()).to.equal(0);
  });
});
