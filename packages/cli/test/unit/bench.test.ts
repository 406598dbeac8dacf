import { type BenchReport, benchReportSchema } from "@onsale/simulator/bench";
import { expect } from "chai";
import { type BenchFlags, settingsOf } from "../../src/bench/benchCommand.ts";
import { benchProgress } from "../../src/bench/benchProgress.ts";
import { drawBenches } from "../../src/bench/drawBench.ts";
import { benchReport } from "../support/benchReports.ts";

describe("drawBenches", () => {
  it("shows accepted and refused operations apart, latencies, and the ratio", () => {
    const drawn = drawBenches(benchReport());
    expect(drawn).to.match(/2 API processes +90 \(80 to 100\) +8 \(7 to 9\) +1\.0 +2\.0 +3\.0/);
    expect(drawn).to.include("0.50 (0.40 to 0.60); of p95 2.00 (1.00 to 3.00)");
    expect(drawn).to.include("2 API processes refused: 8 409 SEAT_CONTENDED");
  });

  it("shows the CPU time of each party, and a dash for a party without a process", () => {
    const cells = drawBenches(benchReport())
      .split("\n")
      .find((line) => line.startsWith("2 API processes, 256 in flight"));
    expect(cells).to.match(/ 500 +- +12 +20 +-$/);
  });

  it("shows the memory of the processes of the product", () => {
    const text = "Memory: API 170 and 171 MiB after the first round, 170 and 171 after the last";
    expect(drawBenches(benchReport())).to.include(text);
  });

  it("names broken invariants and failed requests", () => {
    const broken = { id: "I1", title: "one live reservation", holds: false, rowsRead: 7 };
    const drawn = drawBenches(
      benchReport({ failures: 3, invariants: [{ ...broken, violationCount: 2 }] }),
    );
    expect(drawn).to.include("I1 IS BROKEN (2 violations): one live reservation");
    expect(drawn).to.include("3 operations failed");
  });
});

describe("the report of a benchmark", () => {
  it("is read back from its JSON as it was written", () => {
    const stored: unknown = JSON.parse(JSON.stringify(benchReport()));
    const read: BenchReport = benchReportSchema.parse(stored);
    expect(read).to.deep.equal(stored);
  });
});

describe("benchProgress", () => {
  it("estimates the time to go from the rounds of all benchmarks", () => {
    const lines: string[] = [];
    let nowMs = 0;
    const progress = benchProgress(
      [2, 2],
      (line) => void lines.push(line),
      () => nowMs,
    );
    progress.begin("holds");
    nowMs = 3000;
    progress.round("one");
    progress.round("two");
    progress.round("profile");
    progress.begin("join");
    nowMs = 6000;
    progress.round("one");
    progress.round("two");
    expect(lines).to.deep.equal([
      "holds: preparing",
      "holds: one; about 9 s to go",
      "holds: two; about 3 s to go",
      "holds: profile; about 3 s to go",
      "join: preparing",
      "join: one; about 2 s to go",
      "join: two",
    ]);
  });
});

describe("settingsOf", () => {
  const flags: BenchFlags = { quick: false, "bare-connections": 16, "cpu-profile": false };
  const bench = {
    ...{ operation: "hold", title: "x", comparisons: 1, settings: { inFlight: 7 } },
    run: async () => ({ comparisons: [] }),
  };

  it("takes a flag first, then the benchmark's own default, then the common one", () => {
    expect(settingsOf(bench, flags, {})).to.include({ inFlight: 7, apiProcesses: 2, rounds: 5 });
    expect(settingsOf(bench, { ...flags, "in-flight": 3 }, {}).inFlight).to.equal(3);
    expect(settingsOf(bench, { ...flags, quick: true }, {})).to.include({
      ...{ rounds: 3, roundMs: 1000 },
    });
    expect(settingsOf(bench, { ...flags, quick: true, rounds: 9 }, {}).rounds).to.equal(9);
  });
});
