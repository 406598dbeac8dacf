import type { CoreContext } from "@onsale/core";
import { expect } from "chai";
import { skewMsOf } from "../../../src/virtual/runPlan.ts";
import { processRig } from "../../support/virtual/processRig.ts";

const charge = (core: CoreContext, entryKey: string) =>
  core.withTransaction((tx) =>
    core.ledger.post(tx, { userId: 1, kind: "CHARGE", amount: 100, entryKey }),
  );

describe("VirtualProcess", () => {
  it("serves requests over its link", async () => {
    const { start, runOut, scheduler } = processRig();
    const api = start("api-1");
    const served = api.serve(api.self, (core) => charge(core, "one"));
    await runOut();
    expect(await served).to.deep.include({ balanceAfter: 100 });
    expect(scheduler.steps).to.be.greaterThan(3);
  });

  it("rejects with the error of a request", async () => {
    const { start } = processRig();
    const api = start("api-1");
    const failure = new Error("no");
    const served = await api
      .serve(api.self, () => Promise.reject(failure))
      .catch((e: unknown) => e);
    expect(served).to.equal(failure);
  });

  it("stops cleanly, and immediately when it has crashed", async () => {
    const { start, runOut, deaths } = processRig();
    const [worker, dead] = [start("worker-1"), start("worker-2")];
    dead.crash(700);
    const stopped = Promise.all([worker.stop(), dead.stop()]);
    await runOut();
    await stopped;
    expect([worker.isAlive, dead.isAlive]).to.deep.equal([false, false]);
    expect(deaths).to.deep.equal(["worker-2 700"]);
  });

  it("leaves its requests without an answer when it crashes", async () => {
    const { start, runOut, deaths } = processRig();
    const api = start("api-1");
    const served = api.serve(api.self, (core) => charge(core, "one"));
    api.crash(700);
    await runOut();
    expect(await served).to.equal(undefined);
    expect(api.isAlive).to.equal(false);
    api.crash(900);
    expect(deaths, "who is dead cannot die").to.deep.equal(["api-1 700"]);
  });

  it("leaves no transaction and no lock when it crashes", async () => {
    const { start, runOut, scheduler } = processRig();
    const [dying, other] = [start("api-1"), start("api-2")];
    await Promise.all([other.serve(other.self, (core) => charge(core, "before")), runOut()]);
    const before = scheduler.elapsedMs;
    const lost = dying.serve(dying.self, (core) =>
      core.withTransaction(async (tx) => {
        await core.ledger.post(tx, { userId: 1, kind: "CHARGE", amount: 7, entryKey: "lost" });
        dying.crash(100);
      }),
    );
    await runOut();
    expect(await lost).to.equal(undefined);
    const served = other.serve(other.self, (core) => charge(core, "after"));
    await runOut();
    expect(await served).to.deep.include({ balanceAfter: 200 });
    expect(scheduler.elapsedMs - before, "time that calls waited for a lock").to.be.lessThan(50);
  });

  it("has a random stream of its own after each restart", () => {
    const { start } = processRig();
    const chances = [start("api-1"), start("api-1", 2), start("api-2")].map(({ core, self }) => [
      self.name,
      core.random.next(),
      self.random.next(),
    ]);
    expect(chances.map(([name]) => name)).to.deep.equal(["api-1", "api-1.2", "api-2"]);
    expect(new Set(chances.flat()).size).to.equal(9);
  });

  it("has a clock that differs from the servers' clock by the skew of its name", () => {
    const { start, scheduler, host } = processRig(10_000);
    const skews = ["api-1", "api-2"].map((name) => skewMsOf(host.plan, name));
    expect(new Set(skews).size).to.equal(2);
    for (const skew of skews) expect(Math.abs(skew)).to.be.within(1, 10_000);
    const clocks = [start("api-1"), start("api-2")].map(({ core }) => core.clock);
    expect(clocks.map((clock) => clock.nowMs() - scheduler.nowMs)).to.deep.equal(skews);
    expect(clocks.map((clock) => clock.monotonicMs())).to.deep.equal([0, 0]);
  });

  it("reports a failure of a loop, but not a server that does not answer", () => {
    const { start, found } = processRig();
    const { log } = start("api-1").core;
    const event = "loop.iteration_failed";
    log.warn(
      { event, loop: "promotion", reason: "the connection broke at begin" },
      "A turn failed",
    );
    log.warn({ event, loop: "promotion", reason: "undefined is not a function" }, "A turn failed");
    log.warn({ event, reason: "of a request" }, "An answer says so already");
    log.info({ event, loop: "promotion", reason: "whatever" }, "Goes on");
    expect(found).to.deep.equal(["api-1: A turn failed: undefined is not a function"]);
  });
});
