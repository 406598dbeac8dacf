import type { AuditRecord, Job } from "@onsale/core";
import { expect } from "chai";
import { auditTable, jobTable } from "../../src/operation/drawAudit.ts";

const AT = new Date("2026-11-28T10:00:00Z");

const jobOf = (id: string, operation: string, target?: string): Job => ({
  ...{ id, operation, input: {}, inputHash: "a", planHash: "b", undoes: undefined },
  plan: { facts: {}, count: 1, unit: "setting", sample: [], notes: [], ...(target && { target }) },
  ...{ status: "DONE", checkpoint: undefined, changed: 1, outcome: undefined },
  ...{ plannedAt: AT, validUntil: AT, isValid: false },
});

function recordOf(jobId: string, more: Partial<AuditRecord> = {}): AuditRecord {
  return {
    ...{ id: 1, jobId, operation: "queue.configure", planHash: "b", reason: undefined },
    ...{ operator: { name: "mina", host: "ops", command: "onsale queue pause main --execute" } },
    ...{ undoes: undefined, outcome: "DONE", changed: 1, openedAt: AT, closedAt: AT },
    ...{ before: { mode: "open" }, after: { mode: "paused" } },
    ...more,
  };
}

/** A wide table, so that no cell is wrapped. */
function wide(draw: () => string): string {
  const { COLUMNS } = process.env;
  process.env.COLUMNS = "200";
  try {
    return draw();
  } finally {
    if (COLUMNS === undefined) delete process.env.COLUMNS;
    else process.env.COLUMNS = COLUMNS;
  }
}

describe("the table of audit records", () => {
  const jobs = [jobOf("1", "queue.configure", "queue:main")];
  const draw = (record: AuditRecord) => wide(() => auditTable([record], jobs));

  it("names what was changed, and the one value that became another", () => {
    expect(draw(recordOf("1"))).to.include("queue.configure queue:main mode: open -> paused  mina");
  });

  it("names no value when several changed, and says what a run undid", () => {
    const before = { mode: "open", activeCountMax: 3 };
    const after = { mode: "paused", activeCountMax: 5 };
    expect(draw(recordOf("1", { before, after, undoes: 7 }))).to.include(
      "queue.configure queue:main (undoes 7)  mina",
    );
  });

  it("shows the operation alone when its job is not known", () => {
    expect(draw(recordOf("2", { after: undefined }))).to.include("queue.configure  mina");
  });
});

describe("the table of jobs", () => {
  it("names what a job changes, when the target is more than the operation says", () => {
    const jobs = [
      jobOf("1", "queue.drain", "queue:main"),
      jobOf("2", "outbox.replay", "outbox"),
      jobOf("3", "runbook.rollBack", "rollback:019a0e52-7c1f-7000-8000-000000000001"),
      jobOf("4", "point.adjust"),
    ];
    const drawn = wide(() => jobTable(jobs));
    expect(drawn).to.include("  queue.drain queue:main  DONE");
    for (const alone of ["outbox.replay", "runbook.rollBack", "point.adjust"]) {
      expect(drawn).to.match(new RegExp(` ${alone} +DONE`));
    }
  });
});
