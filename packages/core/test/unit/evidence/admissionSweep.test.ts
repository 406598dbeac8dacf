import { expect } from "chai";
import fc from "fast-check";
import {
  type AdmissionLimits,
  type AdmissionSweep,
  type SweptAdmission,
  sweepLimits,
  sweepTurns,
} from "../../../src/adapters/evidence/admissionSweep.ts";
import type { Evidence } from "../../../src/ports/evidenceStore.ts";

const MINUTE_US = 60_000_000;
const NO_LIMITS: AdmissionLimits = { activeCountMax: 1_000, admissionRatePerMinute: 1_000 };

function sweptBy(sweep: AdmissionSweep, admissions: readonly SweptAdmission[]): Evidence {
  const inOrder = admissions.toSorted(
    (a, b) => a.admittedAtUs - b.admittedAtUs || a.sequence - b.sequence,
  );
  for (const admission of inOrder) sweep.take(admission);
  return sweep.evidence();
}

function admission(
  sequence: number,
  admittedAtUs: number,
  more: Partial<SweptAdmission> = {},
): SweptAdmission {
  const endedAtUs = admittedAtUs + MINUTE_US;
  return {
    queueId: "q",
    userId: sequence,
    sequence,
    admittedAtUs,
    enteredAtUs: sequence,
    endedAtUs,
    ...more,
  };
}

const ALWAYS = { fromUs: 0, untilUs: Number.POSITIVE_INFINITY };
const limits = (admissions: SweptAdmission[], of: Partial<AdmissionLimits>) =>
  sweptBy(sweepLimits("q", [{ ...NO_LIMITS, ...of, ...ALWAYS }]), admissions);
const turns = (admissions: SweptAdmission[]) => sweptBy(sweepTurns("q"), admissions);

describe("the sweep over admissions", () => {
  it("finds nothing in an empty queue", () => {
    const nothing = { examined: 0, violations: [], violationCount: 0 };
    expect(limits([], {})).to.deep.equal(nothing);
    expect(turns([])).to.deep.equal(nothing);
  });

  it("lets a slot be taken at the very moment at which it becomes free", () => {
    const first = admission(1, 100, { endedAtUs: 200 });
    const found = limits([first, admission(2, 200)], { activeCountMax: 1 });
    expect(found).to.include({ examined: 2, violationCount: 0 });
  });

  it("names the admission that exceeded the active count max", () => {
    const first = admission(1, 100, { endedAtUs: 201 });
    const found = limits([first, admission(2, 200)], { activeCountMax: 1 });
    expect(found.violationCount).to.equal(1);
    expect(found.violations[0]?.ids).to.include({ sequence: 2, active: 2, activeCountMax: 1 });
  });

  it("counts a whole batch", () => {
    const batch = [1, 2, 3, 4].map((sequence) => admission(sequence, 100));
    expect(limits(batch, { activeCountMax: 4 }).violationCount).to.equal(0);
    expect(limits(batch, { activeCountMax: 3 }).violationCount).to.equal(1);
  });

  it("holds admissions against the limits of their time, with some seconds of grace", () => {
    const change = 100_000_000;
    const periods = [
      { ...NO_LIMITS, activeCountMax: 2, fromUs: 0, untilUs: change },
      { ...NO_LIMITS, activeCountMax: 1, ...ALWAYS, fromUs: change },
    ];
    const pairAt = (at: number) => [admission(1, at), admission(2, at)];
    const violationsAt = (at: number) =>
      sweptBy(sweepLimits("q", periods), pairAt(at)).violationCount;
    expect(violationsAt(change - 1)).to.equal(0);
    expect(violationsAt(change + 4_000_000)).to.equal(0);
    expect(violationsAt(change + 6_000_000)).to.equal(1);
  });

  it("counts the admissions of any minute, its beginning left out", () => {
    const inTime = [admission(1, 0), admission(2, 1), admission(3, MINUTE_US)];
    expect(limits(inTime, { admissionRatePerMinute: 2 }).violationCount).to.equal(0);
    const early = [admission(1, 0), admission(2, 1), admission(3, MINUTE_US - 1)];
    const found = limits(early, { admissionRatePerMinute: 2 });
    expect(found.violationCount).to.equal(1);
    expect(found.violations[0]?.ids).to.include({ sequence: 3, recent: 3 });
  });

  it("names who was overtaken, and by whom", () => {
    const found = turns([
      admission(5, 1_000, { enteredAtUs: 5 }),
      admission(4, 2_000, { enteredAtUs: 4 }),
    ]);
    expect(found.violationCount).to.equal(1);
    expect(found.violations[0]?.ids).to.include({ sequence: 4, overtakenBySequence: 5 });
  });

  it("blames nobody for one who came back after the other was admitted", () => {
    const late = admission(4, 2_000, { enteredAtUs: 1_500 });
    expect(turns([admission(5, 1_000), late]).violationCount).to.equal(0);
  });

  it("knows no order within one batch", () => {
    expect(turns([admission(5, 1_000), admission(4, 1_000)]).violationCount).to.equal(0);
  });

  it("shows twenty violations and counts all", () => {
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
  const toSwept = (row: {
    sequence: number;
    admittedAtUs: number;
    enteredAtUs: number;
    activeUs: number;
  }): SweptAdmission =>
    admission(row.sequence, row.admittedAtUs, {
      enteredAtUs: row.enteredAtUs,
      endedAtUs: row.admittedAtUs + row.activeUs,
    });

  it("agrees with counting at every moment, one by one", () => {
    const most = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(admissions, most, most, (rows, activeCountMax, rate) => {
        const all = rows.map(toSwept);
        const tooMany = all.some(({ admittedAtUs: at }) => {
          const active = all.filter((a) => a.admittedAtUs <= at && a.endedAtUs > at).length;
          const recent = all.filter((a) => a.admittedAtUs <= at && a.admittedAtUs > at - MINUTE_US);
          return active > activeCountMax || recent.length > rate;
        });
        const found = limits(all, { activeCountMax, admissionRatePerMinute: rate });
        expect(found.violationCount > 0).to.equal(tooMany);
      }),
    );
  });

  it("agrees with comparing every pair of admissions", () => {
    fc.assert(
      fc.property(admissions, (rows) => {
        const all = rows.map(toSwept);
        const overtaken = all.filter((b) =>
          all.some(
            (a) =>
              b.sequence < a.sequence &&
              b.enteredAtUs < a.admittedAtUs &&
              b.admittedAtUs > a.admittedAtUs,
          ),
        );
        expect(turns(all).violationCount).to.equal(overtaken.length);
      }),
    );
  });
});
