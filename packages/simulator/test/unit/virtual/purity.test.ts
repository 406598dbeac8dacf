import { createHook } from "node:async_hooks";
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { expect } from "chai";
import sinon from "sinon";
import { runServices } from "../../../src/services/runServices.ts";
import { runSeed } from "../../../src/virtual/runSeed.ts";

/** Of all fault profiles. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** Asynchronous resources that a run may create: none of them ends at a time of its own. */
const HARMLESS = new Set(["PROMISE", "TickObject", "Microtask", "AsyncLocalStorage"]);

/** Functions that would bring the machine's time or randomness into a run. */
function trapped(trap: (name: string) => () => never): sinon.SinonSandbox {
  const sandbox = sinon.createSandbox();
  sandbox.stub(globalThis, "setTimeout").callsFake(trap("setTimeout"));
  sandbox.stub(globalThis, "setInterval").callsFake(trap("setInterval"));
  sandbox.stub(globalThis, "setImmediate").callsFake(trap("setImmediate"));
  sandbox.stub(Date, "now").callsFake(trap("Date.now"));
  sandbox.stub(performance, "now").callsFake(trap("performance.now"));
  sandbox.stub(process, "hrtime").callsFake(trap("process.hrtime"));
  sandbox.stub(Math, "random").callsFake(trap("Math.random"));
  sandbox.stub(AbortSignal, "timeout").callsFake(trap("AbortSignal.timeout"));
  sandbox.stub(crypto, "randomUUID").callsFake(trap("crypto.randomUUID"));
  sandbox.stub(crypto, "randomBytes").callsFake(trap("crypto.randomBytes"));
  sandbox.stub(crypto, "randomInt").callsFake(trap("crypto.randomInt"));
  sandbox.stub(crypto, "randomFillSync").callsFake(trap("crypto.randomFillSync"));
  return sandbox;
}

/** `new Date()` is the machine's time as well. */
function datesWithoutNow(trap: () => never): typeof Date {
  return new Proxy(Date, {
    construct: (target, values) =>
      values.length === 0 ? trap() : Reflect.construct(target, values),
    apply: trap,
  });
}

describe("a run in virtual time", function () {
  this.timeout(30_000);

  it("reads neither the machine's clock nor its random numbers", async () => {
    const asked: string[] = [];
    const trap = (name: string) => (): never => {
      const error = new Error(`a virtual run asks ${name}`);
      asked.push(`${name}: ${error.stack}`);
      throw error;
    };
    const sandbox = trapped(trap);
    sandbox.replace(globalThis, "Date", datesWithoutNow(trap("new Date()")));
    syncBuiltinESMExports();
    try {
      for (const seed of SEEDS) {
        const { violations } = await runSeed(seed, { traced: true });
        // A run may swallow the error, so the test also records the error.
        expect(violations).to.deep.equal([]);
      }
      for (const seed of SEEDS.slice(0, 3)) {
        const run = await runServices(seed, { isSplit: true, hasFaults: true, traced: true });
        expect(run.endViolations).to.deep.equal([]);
      }
    } finally {
      sandbox.restore();
      syncBuiltinESMExports();
    }
    expect(asked.join("\n")).to.equal("");
  });

  it("waits for no timer, thread, file or socket", async () => {
    const begun = new Map<string, string>();
    const hook = createHook({
      init(_id, type) {
        if (!HARMLESS.has(type)) begun.set(type, new Error(type).stack ?? type);
      },
    });
    // The test's own time limit begins when its first wait does.
    await Promise.resolve();
    hook.enable();
    try {
      for (const seed of SEEDS) await runSeed(seed, { traced: true });
    } finally {
      hook.disable();
    }
    expect([...begun.values()].join("\n")).to.equal("");
  });
});
