import { expect } from "chai";
import { etaSecondsAt, positionIn } from "../../src/waiting/position.ts";

describe("the position between two polls", () => {
  const place = { position: 10, generation: 1, admittedCount: 100 };

  it("is lower by the admissions since the poll", () => {
    expect(positionIn({ generation: 1, admittedCount: 104 }, place)).to.equal(6);
    expect(positionIn({ generation: 1, admittedCount: 112 }, place)).to.equal(-2);
  });

  it("does not grow with a status that a cache has kept", () => {
    expect(positionIn({ generation: 1, admittedCount: 98 }, place)).to.equal(10);
  });

  it("is unknown after Redis lost the queue, and for an active place", () => {
    expect(positionIn({ generation: 2, admittedCount: 0 }, place)).to.equal(undefined);
    const active = { position: 0, generation: null, admittedCount: null };
    expect(positionIn({ generation: 1, admittedCount: 0 }, active)).to.equal(undefined);
  });

  it("has an estimate between those of the two nearest positions", () => {
    const waits = [
      { position: 1, etaSeconds: 2 },
      { position: 10, etaSeconds: 20 },
      { position: 50, etaSeconds: 60 },
    ];
    const estimates = [1, 4, 10, 30, 50, 80].map((position) => etaSecondsAt({ waits }, position));
    expect(estimates).to.deep.equal([2, 8, 20, 40, 60, 60]);
    expect(etaSecondsAt({ waits: [] }, 4)).to.equal(null);
  });
});
