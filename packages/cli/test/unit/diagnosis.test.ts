import type { InvariantReport, ServerInspection } from "@onsale/core";
import { expect } from "chai";
import { type Diagnosis, drawDiagnosis, isClockOff } from "../../src/diagnosis.ts";

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

const diagnosis: Diagnosis = {
  healthy: false,
  node: "v24",
  servers: [
    { ...redis, clockOff: false },
    {
      server: "mysql",
      reachable: false,
      reason: "connect ECONNREFUSED",
      settings: [],
      clockOff: false,
    },
  ],
  invariants: broken,
  invariantsReason: undefined,
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

describe("drawDiagnosis", () => {
  it("shows the server that does not answer, the wrong setting and violated ids", () => {
    const drawn = drawDiagnosis(diagnosis);
    expect(drawn).to.match(/mysql.*DOWN.*ECONNREFUSED/);
    expect(drawn).to.match(/role.*replica.*WRONG.*refuses writes/);
    expect(drawn).to.match(/I1.*BROKEN.*7.*1/);
    expect(drawn).to.include('I1: two reservations {"seatId":41}');
    expect(drawn).to.include("Not healthy");
  });

  it("shows the reason why the invariants were not checked", () => {
    const unchecked = { ...diagnosis, invariants: undefined, invariantsReason: "no database" };
    expect(drawDiagnosis(unchecked)).to.include("Invariants: not checked. no database");
  });
});
