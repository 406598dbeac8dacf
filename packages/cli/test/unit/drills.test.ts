import { findRunbook, RUNBOOKS } from "@onsale/core";
import { expect } from "chai";
import { drawDrills } from "../../src/drill/drawDrills.ts";
import { DRILLS, drillOf } from "../../src/drill/drillList.ts";
import type { DrillResult } from "../../src/drill/drillResult.ts";
import { runbookTable } from "../../src/runbook/drawRunbook.ts";

const RESULT: DrillResult = {
  ...{ runbook: "queue-stuck", incident: "the only worker gets SIGKILL", outcome: "repaired" },
  ...{ codes: ["QUEUE_STUCK"], boundMs: 0, totalMs: 30_000, database: undefined },
  detection: { lookCount: 2, lookCountBeyondBound: 2, tookMs: 2_600, findings: [] },
  repair: {
    ...{ status: "DONE", passed: [], failedStep: undefined, verifications: [] },
    ...{ tookMs: 17_440, planCount: 1, stopped: undefined },
  },
  ...{ reason: undefined, invariants: undefined },
  buyers: { arrived: 60, bought: 50, failed: 0 },
};

describe("the drills of runbooks", () => {
  it("exist once for every runbook", () => {
    const names = DRILLS.map(({ runbook }) => runbook).toSorted();
    expect(names).to.deep.equal(RUNBOOKS.map(({ name }) => name).toSorted());
  });

  for (const { runbook, manual, codes = [] } of DRILLS) {
    it(`do only manual steps of ${runbook}, and wait for its findings`, () => {
      const { steps, detection } = findRunbook(runbook);
      const names = steps.filter(({ kind }) => kind === "manual").map(({ name }) => name);
      expect(names).to.include.members(Object.keys(manual));
      expect(detection).to.include.members([...codes]);
      const unread = steps.filter(({ kind, done }) => kind === "manual" && done === undefined);
      expect(Object.keys(manual)).to.include.members(unread.map(({ name }) => name));
    });
  }

  it("are shown with their figures, and with the reason of a failure", () => {
    const failed: DrillResult = {
      ...{ ...RESULT, runbook: "outbox-lag", outcome: "undetected", boundMs: 30_000 },
      ...{ detection: undefined, repair: undefined, reason: "no OUTBOX_OLD in 50 s" },
      database: "onsale_rush_1",
    };
    const text = drawDrills([RESULT, failed]);
    expect(text).to.match(/queue-stuck +repaired +2 +2\.6 s +0\.0 s +17\.4 s/);
    expect(text).to.match(/outbox-lag +undetected +- +- +30\.0 s +-/);
    expect(text).to.include("no OUTBOX_OLD in 50 s; its database onsale_rush_1 was kept");
  });

  it("are named by the list of runbooks, which marks a runbook without a drill", () => {
    const runbooks = [findRunbook("queue-stuck"), findRunbook("outbox-lag")];
    const text = runbookTable(runbooks, (name) => name === "outbox-lag");
    expect(text)
      .to.match(/queue-stuck.* not yet /)
      .and.match(/outbox-lag.* yes /);
    expect(drillOf("nothing")).to.equal(undefined);
  });
});
