import { stripVTControlCharacters } from "node:util";
import { type InvariantReport, isClockOff, type ServerInspection } from "@onsale/core";
import { expect } from "chai";
import { type DoctorReport, drawReport } from "../../src/diagnosis.ts";

const redis: ServerInspection = {
  server: "redis",
  reachable: true,
  version: "Redis 7",
  roundTripMs: 2,
  clockSkewMs: 0,
  settings: [{ name: "role", value: "replica", verdict: "wrong", why: "refuses writes" }],
};

const broken: InvariantReport = {
  holds: false,
  results: [
    {
      id: "I1",
      title: "a seat has at most one live reservation",
      holds: false,
      rowsRead: 7,
      violationCount: 1,
      violations: [{ message: "two reservations", ids: { seatId: 41 } }],
    },
  ],
};

const report: DoctorReport = {
  healthy: false,
  node: "v24",
  schema: { unreadable: "connect ECONNREFUSED" },
  servers: [
    redis,
    { server: "mysql", reachable: false, reason: "connect ECONNREFUSED", settings: [] },
  ],
  invariants: broken,
  invariantsAgeMs: 0,
  leftOut: ["workers", "outbox"],
  findings: [
    {
      code: "SERVER_DOWN",
      severity: "critical",
      subject: "mysql",
      message: "mysql: connect \u001b[2J",
      next: "Start it.",
    },
  ],
};

describe("isClockOff", () => {
  it("ignores a difference that the round trip can explain", () => {
    expect(isClockOff({ ...redis, clockSkewMs: 550, roundTripMs: 200 })).to.equal(false);
    expect(isClockOff({ ...redis, clockSkewMs: -650, roundTripMs: 200 })).to.equal(true);
  });

  it("returns false for a clock that could not be read", () => {
    expect(isClockOff({ server: "kafka", reachable: true, settings: [] })).to.equal(false);
  });
});

describe("drawReport", () => {
  const drawn = stripVTControlCharacters(drawReport(report));

  it("names the checks that were left out", () => {
    expect(drawn).to.match(/Not looked at, because .*:\n {2}workers, outbox$/m);
    expect(drawReport({ ...report, leftOut: [] })).to.not.include("Not looked at");
  });

  it("names the server that does not answer, the wrong setting, and the ids of a violation", () => {
    expect(drawn).to.match(/mysql.*DOWN.*ECONNREFUSED/);
    expect(drawn).to.match(/role.*replica.*WRONG.*refuses writes/);
    expect(drawn).to.match(/I1.*BROKEN.*7.*1/);
    expect(drawn).to.include('I1: two reservations {"seatId":41}');
  });

  it("shows each finding with its code and the next step, control characters visible", () => {
    expect(drawn).to.include("CRITICAL SERVER_DOWN (mysql)\n  mysql: connect \\u001b[2J");
    expect(drawn).to.include("Next: Start it.").and.include("Not healthy: 1 finding.");
  });
});
