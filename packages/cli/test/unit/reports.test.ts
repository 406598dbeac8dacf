import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { drawHoldsBench } from "../../src/bench/drawHoldsBench.ts";
import type { HoldsBenchReport } from "../../src/bench/runHoldsBench.ts";
import { type QueueReport, queueTable } from "../../src/queueReport.ts";
import { serverTable } from "../../src/serverTable.ts";
import { table } from "../../src/terminal/table.ts";

const round = {
  accepted: 90,
  refused: 8,
  refusedBy: { OVERLOADED: 8 },
  failed: 2,
  elapsedMs: 1000,
  acceptedPerSecond: 90,
  latencyMs: { p50: 1, p95: 2, p99: 3 },
  firstFailure: "500 oops",
  cpuMs: { client: 45, api: 450 },
};
const spread = { median: 90, min: 80, max: 100 };
const report: HoldsBenchReport = {
  takenAt: "2026-01-01T00:00:00.000Z",
  database: "onsale_bench_1",
  machine: { cores: 2, cpu: "a CPU", memoryMb: 1, node: "v24", servers: ["MariaDB 10"] },
  inFlight: 64,
  holdsPerRound: 100,
  variants: [
    {
      name: "2",
      rounds: [round],
      acceptedPerSecond: spread,
      ratio: { median: 0.5, min: 0.4, max: 0.6 },
      paced: { ...round, perSecond: 63 },
    },
  ],
  profile: undefined,
};

describe("table", () => {
  it("aligns columns without rules or trailing spaces", () => {
    expect(table(["A", "LONG"], [["wide cell", "x"]])).to.equal("A          LONG\nwide cell  x");
  });
});

describe("drawHoldsBench", () => {
  it("shows accepted, refused and failed holds, and the ratio with its bounds", () => {
    const drawn = drawHoldsBench(report);
    expect(drawn).to.match(/2 API processes +90 \(80 to 100\) +0\.50 \(0\.40 to 0\.60\) +90 +8 +2/);
    expect(drawn).to.include("2 API processes refused: 8 OVERLOADED");
    expect(drawn).to.include("2 API processes failed: 500 oops");
    expect(drawn).to.include("2 API processes at 63/s");
  });

  it("shows the CPU time for each accepted hold, and a dash when it is unknown", () => {
    expect(drawHoldsBench(report)).to.match(/500 us, 5 % +5000 us, 45 % +- +-/);
  });
});

describe("queueTable", () => {
  const settings = {
    activeCountMax: 100,
    admissionRatePerMinute: 600,
    activeTtlMs: 60_000,
    activationMs: 10_000,
    mode: "paused",
  } as const;

  it("shows a queue with its limits, and a dash while Redis has no state of it", () => {
    const live = { waiting: 7, active: 3, admittedLastMinute: 50, lastSequence: 1 };
    const queues: QueueReport[] = [
      { queueId: "main", epoch: 1, settings, live },
      { queueId: "lost", epoch: 2, settings, live: undefined },
    ];
    const drawn = queueTable(queues);
    expect(drawn).to.match(/main +paused +7 +3 of 100 +50 of 600 +60 s +1/);
    expect(drawn).to.match(/lost +paused +- +- of 100/);
  });
});

describe("serverTable", () => {
  it("shows which server is down", () => {
    const drawn = serverTable([
      { name: "redis", source: "private", flavour: "Redis 7", url: "redis://x", ready: false },
    ]);
    expect(stripVTControlCharacters(drawn)).to.match(
      /redis +DOWN +Redis 7 +redis:\/\/x +- +private/,
    );
  });
});
