import { getEventListeners } from "node:events";
import { expect } from "chai";
import { boundSignal, sleep } from "../../src/shared/signals.ts";
import { type FakeEnvironment, fakeEnvironment } from "../support/fakeEnvironment.ts";

describe("the signal of a caller", () => {
  let environment: FakeEnvironment;
  let controller: AbortController;
  const listeners = (): number => getEventListeners(controller.signal, "abort").length;

  beforeEach(() => {
    environment = fakeEnvironment();
    controller = new AbortController();
  });

  it("has no listener after a pause", async () => {
    const pause = sleep(environment, 1_000, controller.signal);
    expect(listeners()).to.equal(1);
    await environment.advance(1_000);
    await pause;
    expect([listeners(), environment.timerCount()]).to.deep.equal([0, 0]);
  });

  it("has no listener after bounded work, and the work no timer", () => {
    const bound = boundSignal(environment, { signal: controller.signal, timeoutMs: 1_000 });
    expect([listeners(), environment.timerCount()]).to.deep.equal([1, 1]);
    bound.release();
    expect([listeners(), environment.timerCount()]).to.deep.equal([0, 0]);
  });
});
