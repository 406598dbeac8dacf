import { expect } from "chai";
import type { SelectFromSnapshot } from "../../../src/adapters/mysql/consistentSnapshot.ts";
import { pacedReads } from "../../../src/adapters/mysql/pacedReads.ts";

/** A clock that passes with each sleep and with each read. */
function readerWithClock(readMs: number) {
  let nowMs = 0;
  let sleptMs = 0;
  const select: SelectFromSnapshot = async () => {
    nowMs += readMs;
    return [];
  };
  return {
    select,
    sleptMs: () => sleptMs,
    nowMs: () => nowMs,
    clock: {
      nowMs: () => nowMs,
      monotonicMs: () => nowMs,
      async sleep(ms: number) {
        sleptMs += ms;
        nowMs += ms;
      },
    },
  };
}

describe("pacedReads", () => {
  it("reads for the given share of the time", async () => {
    const reader = readerWithClock(10);
    const select = pacedReads(reader.select, reader.clock, 0.2);
    for (let page = 0; page < 100; page += 1) await select("SELECT 1");
    expect((reader.nowMs() - reader.sleptMs()) / reader.nowMs()).to.be.closeTo(0.2, 0.01);
  });

  it("never pauses with a share of 1", async () => {
    const reader = readerWithClock(10);
    const select = pacedReads(reader.select, reader.clock, 1);
    for (let page = 0; page < 100; page += 1) await select("SELECT 1");
    expect(reader.sleptMs()).to.equal(0);
  });
});
