import { expect } from "chai";
import fc from "fast-check";
import { checkAdmissionsKeepOrder } from "../../../src/invariants/admissionsKeepOrder.ts";
import { checkAdmissionsWithinLimits } from "../../../src/invariants/admissionsWithinLimits.ts";
import type { Checker } from "../../../src/invariants/checker.ts";
import type {
  AdmissionLimits,
  CheckedAdmissionRow,
  QueueLimitsRow,
} from "../../../src/ports/invariantReader.ts";
import type { CheckResult } from "../../../src/ports/invariantReport.ts";

const MINUTE_US = 60_000_000;
const NO_LIMITS: AdmissionLimits = { activeCountMax: 1_000, admissionRatePerMinute: 1_000 };

function checkedBy(
  checker: Checker,
  admissions: readonly CheckedAdmissionRow[],
  queue: Partial<QueueLimitsRow> = {},
): CheckResult {
  const inOrder = admissions.toSorted(
    (a, b) => a.admittedAtUs - b.admittedAtUs || a.sequence - b.sequence,
  );
  checker.takeQueue?.({ id: "q", formerLimits: [], ...NO_LIMITS, ...queue });
  for (const admission of inOrder) checker.takeAdmission?.(admission);
  return checker.result();
}

function admission(
  sequence: number,
  admittedAtUs: number,
  more: Partial<CheckedAdmissionRow> = {},
): CheckedAdmissionRow {
  return {
    queueId: "q",
    userId: sequence,
    sequence,
    admittedAtUs,
    enteredAtUs: sequence,
    endedAtUs: admittedAtUs + MINUTE_US,
    expiresAtMs: Number.MAX_SAFE_INTEGER,
    ...more,
  };
}

const limits = (admissions: readonly CheckedAdmissionRow[], of: Partial<QueueLimitsRow>) =>
  checkedBy(checkAdmissionsWithinLimits(), admissions, of);
const order = (admissions: readonly CheckedAdmissionRow[]) =>
  checkedBy(checkAdmissionsKeepOrder(), admissions);

describe("the checkers of admissions", () => {
  it("find no violation in an empty queue", () => {
    const nothing = { rowsRead: 0, violations: [], violationCount: 0 };
    expect(limits([], {})).to.deep.equal(nothing);
    expect(order([])).to.deep.equal(nothing);
  });

  it("accept that a slot is taken at the moment at which it becomes free", () => {
    const first = admission(1, 100, { endedAtUs: 200 });
    const found = limits([first, admission(2, 200)], { activeCountMax: 1 });
    expect(found).to.include({ rowsRead: 2, violationCount: 0 });
  });

  it("report the admission that exceeded the active count max", () => {
    const first = admission(1, 100, { endedAtUs: 201 });
    const found = limits([first, admission(2, 200)], { activeCountMax: 1 });
    expect(found.violationCount).to.equal(1);
    expect(found.violations[0]?.ids).to.include({ sequence: 2, active: 2, activeCountMax: 1 });
  });

  it("count all admissions of a batch", () => {
    const batch = [1, 2, 3, 4].map((sequence) => admission(sequence, 100));
    expect(limits(batch, { activeCountMax: 4 }).violationCount).to.equal(0);
    expect(limits(batch, { activeCountMax: 3 }).violationCount).to.equal(1);
  });

  it("compare admissions with the limits of their time, with a tolerance of 5 s", () => {
    const change = 100_000_000;
    const queue = {
      formerLimits: [{ ...NO_LIMITS, activeCountMax: 2, endedAtUs: change }],
      activeCountMax: 1,
    };
    const pairAt = (at: number) => [admission(1, at), admission(2, at)];
    const violationsAt = (at: number) => limits(pairAt(at), queue).violationCount;
    expect(violationsAt(change - 1)).to.equal(0);
    expect(violationsAt(change + 4_000_000)).to.equal(0);
    expect(violationsAt(change + 6_000_000)).to.equal(1);
  });

  it("count the admissions of the last minute, without one that is exactly a minute old", () => {
    const inTime = [admission(1, 0), admission(2, 1), admission(3, MINUTE_US)];
    expect(limits(inTime, { admissionRatePerMinute: 2 }).violationCount).to.equal(0);
    const early = [admission(1, 0), admission(2, 1), admission(3, MINUTE_US - 1)];
    const found = limits(early, { admissionRatePerMinute: 2 });
    expect(found.violationCount).to.equal(1);
    expect(found.violations[0]?.ids).to.include({ sequence: 3, recent: 3 });
  });

  it("report the buyer who was overtaken, and the buyer who overtook", () => {
    const found = order([
      admission(5, 1_000, { enteredAtUs: 5 }),
      admission(4, 2_000, { enteredAtUs: 4 }),
    ]);
    expect(found.violationCount).to.equal(1);
    expect(found.violations[0]?.ids).to.include({ sequence: 4, overtakenBySequence: 5 });
  });

  it("accept a later admission of a lower sequence that entered only afterwards", () => {
    const late = admission(4, 2_000, { enteredAtUs: 1_500 });
    expect(order([admission(5, 1_000), late]).violationCount).to.equal(0);
  });

  it("accept any order within one batch", () => {
    expect(order([admission(5, 1_000), admission(4, 1_000)]).violationCount).to.equal(0);
  });

  it("show twenty violations, and count all of them", () => {
    const batch = Array.from({ length: 50 }, (_unused, index) => admission(index + 1, 100));
    const found = limits(batch, { activeCountMax: 1 });
    expect(found.violations).to.have.length(20);
    expect(found.violationCount).to.equal(49);
  });

  const admissions = fc.uniqueArray(
    fc.record({
      sequence: fc.integer({ min: 1, max: 40 }),
      admittedAtUs: fc.integer({ min: 0, max: 30 }).map((step) => step * 10_000_000),
      enteredAtUs: fc.integer({ min: 0, max: 300_000_000 }),
      activeUs: fc.integer({ min: 0, max: 100_000_000 }),
    }),
    { selector: (row) => row.sequence, maxLength: 25 },
  );
  const toAdmission = (row: {
    sequence: number;
    admittedAtUs: number;
    enteredAtUs: number;
    activeUs: number;
  }): CheckedAdmissionRow =>
    admission(row.sequence, row.admittedAtUs, {
      enteredAtUs: row.enteredAtUs,
      endedAtUs: row.admittedAtUs + row.activeUs,
    });

  it("find the same violations as a count at every moment", () => {
    const most = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(admissions, most, most, (rows, activeCountMax, rate) => {
        const all = rows.map(toAdmission);
        const tooMany = all.some(({ admittedAtUs: at }) => {
          const active = all.filter((a) => a.admittedAtUs <= at && (a.endedAtUs ?? 0) > at).length;
          const recent = all.filter((a) => a.admittedAtUs <= at && a.admittedAtUs > at - MINUTE_US);
          return active > activeCountMax || recent.length > rate;
        });
        const found = limits(all, { activeCountMax, admissionRatePerMinute: rate });
        expect(found.violationCount > 0).to.equal(tooMany);
      }),
    );
  });

  it("find the same violations as a comparison of all pairs of admissions", () => {
    fc.assert(
      fc.property(admissions, (rows) => {
        const all = rows.map(toAdmission);
        const overtaken = all.filter((b) =>
          all.some(
            (a) =>
              b.sequence < a.sequence &&
              b.enteredAtUs < a.admittedAtUs &&
              b.admittedAtUs > a.admittedAtUs,
          ),
        );
        expect(order(all).violationCount).to.equal(overtaken.length);
      }),
    );
  });
});
