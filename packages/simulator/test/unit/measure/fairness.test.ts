import { expect } from "chai";
import { randomStreams } from "../../../src/chance/seededRandom.ts";
import { admissionRanks } from "../../../src/measure/admissionRanks.ts";
import { type Admission, fairnessOf } from "../../../src/measure/fairness.ts";

const admitted = (...admissions: readonly number[]): Admission[] =>
  admissions.map((admittedAt, arrivedAt) => ({ arrivedAt, admittedAt }));

/** Compares all pairs; the fast count must agree with this result. */
function slowOvertakings(all: readonly Admission[]): number {
  let count = 0;
  for (const one of all) {
    for (const other of all) {
      if (one.arrivedAt < other.arrivedAt && one.admittedAt > other.admittedAt) count++;
    }
  }
  return count;
}

describe("fairnessOf", () => {
  it("is 1 when the order of admissions is the order of arrivals", () => {
    expect(fairnessOf(admitted(1, 2, 3, 4))).to.deep.include({
      admitted: 4,
      overtakings: 0,
      comparablePairs: 6,
      gamma: 1,
      worstLossPlaces: 0,
    });
  });

  it("is -1 when the last to arrive is admitted first", () => {
    const reversed = fairnessOf(admitted(4, 3, 2, 1));
    expect(reversed.gamma).to.equal(-1);
    expect(reversed.worstLossPlaces).to.equal(3);
  });

  it("counts no overtaking within a batch that is admitted at one moment", () => {
    const batches = fairnessOf(admitted(1, 1, 1, 2, 2, 2));
    expect(batches.overtakings).to.equal(0);
    expect(batches.comparablePairs).to.equal(9);
    expect(batches.gamma).to.equal(1);
    expect(batches.worstLossPlaces).to.equal(0);
  });

  it("counts the same overtakings as a comparison of all pairs", () => {
    const random = randomStreams(2)("test");
    const all = Array.from({ length: 300 }, () => ({
      arrivedAt: Math.floor(random.next() * 100),
      admittedAt: Math.floor(random.next() * 40),
    }));
    expect(fairnessOf(all).overtakings).to.equal(slowOvertakings(all));
  });

  it("reports perfect order with one buyer or none", () => {
    expect(fairnessOf([]).gamma).to.equal(1);
    expect(fairnessOf(admitted(5)).overtakings).to.equal(0);
  });
});

describe("admissionRanks", () => {
  it("gives the buyers of one batch the mean of their admission ranks", () => {
    expect(admissionRanks(admitted(9, 9, 9, 12))).to.deep.equal([
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 3],
    ]);
  });

  it("returns the ranks of a sample when there are very many buyers", () => {
    const many = Array.from({ length: 10_000 }, (_, at) => ({ arrivedAt: at, admittedAt: at }));
    const points = admissionRanks(many);
    expect(points).to.have.length(2000);
    expect(points.at(-1)).to.deep.equal([9995, 9995]);
  });
});
