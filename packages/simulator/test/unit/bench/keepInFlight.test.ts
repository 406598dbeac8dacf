import { expect } from "chai";
import { keepInFlight, keepPace } from "../../../src/bench/keepInFlight.ts";

describe("keepInFlight", () => {
  it("makes every attempt once, and never more than allowed at a time", async () => {
    const seen: number[] = [];
    let running = 0;
    let runningMax = 0;
    const attempt = async (index: number) => {
      running += 1;
      runningMax = Math.max(runningMax, running);
      seen.push(index);
      await Promise.resolve();
      running -= 1;
      return "accepted" as const;
    };
    const result = await keepInFlight(attempt, { total: 50, inFlight: 4 });
    expect(seen.toSorted((a, b) => a - b)).to.deep.equal(Array.from({ length: 50 }, (_, i) => i));
    expect(runningMax).to.equal(4);
    expect(result).to.include({ accepted: 50, refused: 0, failed: 0 });
  });

  it("counts accepted, refused and failed attempts, and keeps the first failure", async () => {
    const attempt = async (index: number) => {
      if (index === 3) throw new Error("500 oops");
      if (index === 4) throw new Error("later");
      return index < 3 ? ("accepted" as const) : { refused: index < 9 ? "TAKEN" : "OVERLOADED" };
    };
    const result = await keepInFlight(attempt, { total: 10, inFlight: 1 });
    expect(result).to.include({ accepted: 3, refused: 5, failed: 2, firstFailure: "500 oops" });
    expect(result.refusedBy).to.deep.equal({ TAKEN: 4, OVERLOADED: 1 });
  });
});

describe("keepPace", () => {
  it("counts a late start as latency, from the intended start", async () => {
    const blockMs = 30;
    const attempt = async (index: number) => {
      if (index === 0) {
        // Blocks the process, so that the other requests start late.
        const until = performance.now() + blockMs;
        while (performance.now() < until);
      }
      return "accepted" as const;
    };
    const result = await keepPace(attempt, { total: 5, perSecond: 1000 });
    expect(result.accepted).to.equal(5);
    expect(result.latencyMs.p50).to.be.at.least(blockMs / 2);
  });

  it("does not start requests before their time", async () => {
    const result = await keepPace(async () => "accepted", { total: 11, perSecond: 200 });
    expect(result.elapsedMs).to.be.at.least(50);
  });
});
