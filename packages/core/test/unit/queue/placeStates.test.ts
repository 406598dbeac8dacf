import { expect } from "chai";
import { placeStates } from "../../../src/queue/placeStates.ts";

describe("the states of a queue place", () => {
  it("begin with WAITING", () => {
    expect(placeStates.states[0]).to.equal("WAITING");
    expect(placeStates.canMove("WAITING", "ACTIVE")).to.equal(true);
    expect(placeStates.canMove("ACTIVE", "WAITING")).to.equal(false);
  });

  it("let a waiting user leave, but never pay or expire", () => {
    expect(placeStates.canMove("WAITING", "LEFT")).to.equal(true);
    for (const end of ["PAID", "EXPIRED", "UNCLAIMED"] as const) {
      expect(placeStates.canMove("WAITING", end), end).to.equal(false);
      expect(placeStates.canMove("ACTIVE", end), end).to.equal(true);
    }
  });

  it("have no transition from a final state", () => {
    for (const end of ["PAID", "LEFT", "EXPIRED"] as const) {
      expect(placeStates.isFinal(end), end).to.equal(true);
    }
  });

  it("let a place return to the line, or leave, after its admission was missed", () => {
    expect(placeStates.canMove("UNCLAIMED", "WAITING")).to.equal(true);
    expect(placeStates.canMove("UNCLAIMED", "LEFT")).to.equal(true);
    expect(placeStates.canMove("UNCLAIMED", "ACTIVE")).to.equal(false);
  });
});
