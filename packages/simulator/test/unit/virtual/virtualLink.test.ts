import { ConnectionLostError } from "@onsale/core/memory";
import { expect } from "chai";
import { alive, DOWN_MS, FAULT_MS, linkRig } from "../../support/virtual/linkRig.ts";
import { STEP_MS } from "../../support/virtual/schedulerRig.ts";

/** A process waits this long for a stalled server, ms. */
const PATIENCE_MS = 600;

describe("virtualLink: a call", () => {
  it("waits for its step, reaches the server once, and is answered in the same step", async () => {
    const rig = linkRig();
    const { ending, workedAtMs } = await rig.call();
    expect(workedAtMs).to.deep.equal([STEP_MS]);
    expect(ending).to.deep.equal({ ends: "well", value: "done", atMs: STEP_MS });
  });

  it("rejects with the error of the server", async () => {
    const refusal = new Error("the row is locked");
    const { ending } = await linkRig().call(() => {
      throw refusal;
    });
    expect(ending).to.deep.include({ ends: "badly", error: refusal });
  });

  it("waits as long as the server works", async () => {
    const rig = linkRig();
    const { ending } = await rig.call(() => rig.scheduler.sleep(alive, 40));
    expect(ending).to.deep.include({ ends: "well", atMs: 40 + 2 * STEP_MS });
  });
});

describe("virtualLink: faults", () => {
  it("lets a lost request never reach the server", async () => {
    const { ending, workedAtMs } = await linkRig({ fault: "lost-request" }).call();
    expect(workedAtMs).to.deep.equal([]);
    expect(ending).to.deep.include({ ends: "badly", isUnderWay: false, atMs: STEP_MS });
  });

  it("lets the server do the work once when the answer is lost", async () => {
    const { ending, workedAtMs } = await linkRig({ fault: "lost-answer" }).call();
    expect(workedAtMs).to.deep.equal([STEP_MS]);
    expect(ending).to.deep.include({ ends: "badly", isUnderWay: false });
  });

  it("lets the server do a late request once after the connection broke", async () => {
    const { ending, workedAtMs } = await linkRig({ fault: "late-request" }).call();
    expect(ending).to.deep.include({ ends: "badly", isUnderWay: true, atMs: STEP_MS });
    expect(workedAtMs).to.deep.equal([FAULT_MS + 2 * STEP_MS]);
  });

  it("lets the server do a late request even when its process has died", async () => {
    const rig = linkRig({ fault: "late-request" });
    void rig.scheduler.sleep(alive, 50).then(() => rig.end.crash(1));
    const { workedAtMs } = await rig.call();
    expect(workedAtMs).to.have.length(1);
  });

  it("causes no unhandled rejection when the server refuses a late request", async () => {
    const { ending, workedAtMs } = await linkRig({ fault: "late-request" }).call(() => {
      throw new Error("the transaction is over");
    });
    expect(workedAtMs).to.have.length(1);
    expect(ending).to.deep.include({ isUnderWay: true });
  });

  it("lets the server do a slow request later", async () => {
    const { ending, workedAtMs } = await linkRig({ fault: "slow-request" }).call();
    expect(workedAtMs).to.deep.equal([FAULT_MS + 2 * STEP_MS]);
    expect(ending).to.deep.include({ ends: "well", value: "done" });
  });

  it("lets the server do the work immediately when the answer is slow", async () => {
    const { ending, workedAtMs } = await linkRig({ fault: "slow-answer" }).call();
    expect(workedAtMs).to.deep.equal([STEP_MS]);
    expect(ending).to.deep.include({ ends: "well", atMs: FAULT_MS + 2 * STEP_MS });
  });

  it("applies a fault to the call for which it was drawn, and not to the next", async () => {
    const rig = linkRig({ fault: "lost-request" });
    expect((await rig.call()).ending.ends).to.equal("badly");
    expect((await rig.call()).ending.ends).to.equal("well");
  });
});

describe("virtualLink: a process that dies", () => {
  it("does not let the server do the work when the process dies before it", async () => {
    const rig = linkRig({ fault: "crash-before" });
    const { ending, workedAtMs } = await rig.call();
    expect(workedAtMs).to.deep.equal([]);
    expect(ending).to.deep.equal({ ends: "never" });
    expect(rig.crashes).to.deep.equal([DOWN_MS]);
  });

  it("lets the server do the work once when the process dies after it", async () => {
    const rig = linkRig({ fault: "crash-after" });
    const { ending, workedAtMs } = await rig.call();
    expect(workedAtMs).to.deep.equal([STEP_MS]);
    expect(ending).to.deep.equal({ ends: "never" });
    expect(rig.crashes).to.deep.equal([DOWN_MS]);
  });

  it("gives no answer to a process that dies while the server works", async () => {
    const rig = linkRig();
    void rig.scheduler.sleep(alive, 10).then(() => rig.end.crash(1));
    const { ending } = await rig.call(() => rig.scheduler.sleep(alive, 40));
    expect(ending).to.deep.equal({ ends: "never" });
  });

  it("gives no error to a process that dies while the server refuses", async () => {
    const rig = linkRig();
    void rig.scheduler.sleep(alive, 10).then(() => rig.end.crash(1));
    const { ending } = await rig.call(async () => {
      await rig.scheduler.sleep(alive, 40);
      throw new Error("no");
    });
    expect(ending).to.deep.equal({ ends: "never" });
  });

  it("makes no call and draws no fault after the process has died", async () => {
    const rig = linkRig({ fault: "slow-request" });
    rig.end.isAlive = false;
    const { ending, workedAtMs } = await rig.call();
    expect(workedAtMs).to.deep.equal([]);
    expect(ending).to.deep.equal({ ends: "never" });
    expect(rig.scheduler.steps).to.equal(0);
    expect(rig.end.self.calls).to.equal(0);
  });
});

describe("virtualLink: a server that stalls", () => {
  it("delays a call when the server stalls for a moment", async () => {
    const rig = linkRig();
    rig.stalls.begin("mysql", 500);
    const { ending, workedAtMs } = await rig.call();
    expect(workedAtMs).to.deep.equal([500 + STEP_MS]);
    expect(ending).to.deep.include({ ends: "well" });
  });

  it("breaks the connection after 600 ms when the server stalls for longer", async () => {
    const rig = linkRig();
    rig.stalls.begin("mysql", 5_000);
    const { ending, workedAtMs } = await rig.call();
    expect(workedAtMs).to.deep.equal([]);
    expect(ending).to.deep.include({
      ends: "badly",
      isUnderWay: false,
      atMs: PATIENCE_MS + 2 * STEP_MS,
    });
  });

  it("does the work after the stall, although the caller has stopped waiting", async () => {
    const rig = linkRig({ arrives: 0 });
    rig.stalls.begin("mysql", 5_000);
    const { ending, workedAtMs } = await rig.call();
    expect(ending).to.deep.include({ ends: "badly", isUnderWay: true });
    expect(workedAtMs).to.have.length(1);
    expect(workedAtMs[0]).to.be.within(5_000, 5_001);
  });

  it("delays no call to another server than the stalled one", async () => {
    const rig = linkRig();
    rig.stalls.begin("redis", 5_000);
    const { ending } = await rig.call();
    expect(ending).to.deep.equal({ ends: "well", value: "done", atMs: STEP_MS });
  });

  it("answers again when all stalls end", async () => {
    const rig = linkRig();
    rig.stalls.begin("mysql", 5_000);
    void rig.scheduler.sleep(alive, 100).then(() => rig.stalls.endAll());
    const { ending } = await rig.call();
    expect(ending).to.deep.include({ ends: "well" });
    expect((await rig.call()).ending).to.deep.include({ ends: "well" });
  });

  it("stalls until the end of the longer stall when a second one begins", () => {
    const { stalls } = linkRig();
    stalls.begin("mysql", 5_000);
    stalls.begin("mysql", 100);
    expect(stalls.leftMs("mysql")).to.equal(5_000);
  });
});

describe("virtualLink: the trace", () => {
  it("traces every call, its answer and every fault in order", async () => {
    const rig = linkRig({ fault: "lost-answer" });
    await rig.call();
    await rig.call(() => {
      throw new ConnectionLostError("elsewhere");
    });
    expect(
      rig.trace.events.map(({ actor, kind, text }) => `${actor} ${kind} ${text}`),
    ).to.deep.equal([
      "api-1 fault seats.hold: lost-answer",
      "api-1 call seats.hold -> done",
      "api-1 call seats.hold fails: ConnectionLostError: the connection broke at elsewhere",
    ]);
  });
});
