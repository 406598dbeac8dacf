import { expect } from "chai";
import { minimise } from "../../../../src/virtual/explore/minimise.ts";
import { runSeedSafely } from "../../../../src/virtual/explore/runSeedSafely.ts";
import { type RunOptions, runSeed } from "../../../../src/virtual/runSeed.ts";
import { traceDigest } from "../../../../src/virtual/trace.ts";

const SEED = 17;

/** Runs a seed with an action at its start. */
const doing = (weaken: () => void): Pick<RunOptions, "mutant"> => ({ mutant: { weaken } });

const rejecting = doing(() => void Promise.reject(new Error("a stray rejection")));
const failing = doing(() => {
  for (const which of ["one", "another"]) {
    process.nextTick(() => {
      throw new Error(`${which} stray error`);
    });
  }
});
const breakingOff = doing(() => {
  throw new Error("a broken run");
});

describe("runSeedSafely", () => {
  const runners = {
    rejection: process.listeners("unhandledRejection"),
    error: process.listeners("uncaughtException"),
  };

  // The test runner's listeners would fail the test.
  beforeEach(() => {
    process.removeAllListeners("unhandledRejection");
    process.removeAllListeners("uncaughtException");
  });
  afterEach(() => {
    for (const listener of runners.rejection) process.on("unhandledRejection", listener);
    for (const listener of runners.error) process.on("uncaughtException", listener);
  });

  it("returns the run unchanged when no error is unhandled", async () => {
    expect(await runSeedSafely(SEED)).to.deep.equal(await runSeed(SEED));
  });

  it("finishes the run and reports an unhandled rejection with its stack", async () => {
    const { violations, trace, steps } = await runSeedSafely(SEED, { ...rejecting, traced: true });
    const quiet = await runSeed(SEED, { traced: true });
    expect(quiet.violations).to.deep.equal([]);
    expect(steps).to.equal(quiet.steps);
    expect(traceDigest(trace)).to.equal(traceDigest(quiet.trace));
    expect(violations.map(({ check }) => check)).to.deep.equal(["answers"]);
    expect(violations[0]?.message).to.match(
      /^unhandled Error: a stray rejection\n +at .*runSeedSafely/,
    );
  });

  it("reports every unhandled error", async () => {
    const { violations, steps } = await runSeedSafely(SEED, failing);
    expect(steps).to.be.above(100);
    expect(violations.map(({ message }) => message.split("\n")[0])).to.deep.equal([
      "unhandled Error: one stray error",
      "unhandled Error: another stray error",
    ]);
  });

  it("returns one violation, without steps or faults, when the run rejects", async () => {
    const { violations, steps, faults } = await runSeedSafely(SEED, breakingOff);
    expect([violations.length, steps, faults]).to.deep.equal([1, 0, []]);
    expect(violations[0]?.message).to.match(/^the run failed: Error: a broken run\n +at /);
  });

  it("leaves no listener on the process", async () => {
    await runSeedSafely(SEED, rejecting);
    await runSeedSafely(SEED, breakingOff);
    expect(process.listenerCount("unhandledRejection")).to.equal(0);
    expect(process.listenerCount("uncaughtException")).to.equal(0);
  });

  for (const [what, options] of Object.entries({ rejecting, failing, breakingOff })) {
    it(`reports a failure that minimise can narrow: ${what}`, async () => {
      const minimised = await minimise(SEED, options);
      expect(minimised?.schedule).to.deep.equal({
        buyers: new Set(),
        faults: new Set(),
        choices: new Map(),
      });
      expect(minimised?.result.violations[0]?.message).to.match(/stray|broken/);
    });
  }
});
