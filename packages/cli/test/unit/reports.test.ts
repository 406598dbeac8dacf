import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { type QueueReport, queueTable } from "../../src/queueReport.ts";
import { serverTable } from "../../src/serverTable.ts";
import { table } from "../../src/terminal/table.ts";

describe("table", () => {
  it("aligns columns without rules or trailing spaces", () => {
    expect(table(["A", "LONG"], [["wide cell", "x"]])).to.equal("A          LONG\nwide cell  x");
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
