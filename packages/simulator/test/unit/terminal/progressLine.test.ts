import { expect } from "chai";
import { etaOf, type RushProgress } from "../../../src/rush/rushProgress.ts";
import { progressLine } from "../../../src/terminal/progressLine.ts";

const PROGRESS: RushProgress = {
  stage: "rush",
  elapsedMs: 2000,
  buyers: 2000,
  arrived: 1500,
  admitted: 300,
  ended: 120,
  seats: 500,
  sold: 88,
  failures: 0,
  pendingMessages: 0,
  etaMs: 9000,
};

function recorded(options: { isTTY: boolean; columns?: number }) {
  const written: string[] = [];
  return { written, ...options, write: (text: string) => written.push(text) };
}

describe("progressLine", () => {
  it("rewrites one line on a terminal and clears the line at the end", () => {
    const target = recorded({ isTTY: true, columns: 200 });
    const line = progressLine(target);
    line.show(PROGRESS);
    line.show({ ...PROGRESS, sold: 99 });
    line.clear();
    expect(target.written).to.have.length(3);
    expect(target.written[1]).to.match(/^\r/).and.not.include("\n");
    expect(target.written[1]).to.include("sold 99/500");
    expect(target.written[1]).to.include("about 9 s to go");
  });

  it("never wraps on a narrow terminal", () => {
    const target = recorded({ isTTY: true, columns: 20 });
    progressLine(target).show(PROGRESS);
    const [text = ""] = target.written;
    expect(text.slice(text.indexOf("K") + 1)).to.have.length(19);
  });

  it("writes a line every few seconds into a log, and one for each stage", () => {
    const target = recorded({ isTTY: false });
    const line = progressLine(target);
    for (const elapsedMs of [2000, 2250, 4900, 5000]) line.show({ ...PROGRESS, elapsedMs });
    line.show({ ...PROGRESS, stage: "draining", elapsedMs: 5100, pendingMessages: 42 });
    expect(target.written).to.have.length(3);
    expect(target.written[2]).to.include("42 to publish");
  });
});

describe("etaOf", () => {
  it("estimates the end by the pace of the last seconds", () => {
    const ends = Array.from({ length: 300 }, (_, index) => index * 10);
    expect(etaOf(ends, 400, 3000, 0)).to.be.closeTo(1000, 10);
  });

  it("estimates no end before the last arrival", () => {
    expect(etaOf([900, 950, 999], 4, 1000, 60_000)).to.equal(59_000);
  });

  it("estimates no end before a tenth of the sessions has ended", () => {
    const ends = Array.from({ length: 39 }, (_, index) => index * 10);
    expect(etaOf([], 400, 1000, 0)).to.equal(undefined);
    expect(etaOf(ends, 400, 1000, 0)).to.equal(undefined);
    expect(etaOf([...ends, 400], 400, 1000, 0)).to.be.above(0);
  });
});
