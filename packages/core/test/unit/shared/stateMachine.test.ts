import { AssertionError } from "node:assert";
import { expect } from "chai";
import fc from "fast-check";
import { reservationStates } from "../../../src/reservation/reservationStates.ts";
import { seatStates } from "../../../src/reservation/seatStates.ts";
import { stateMachine } from "../../../src/shared/stateMachine.ts";

type Light = "RED" | "GREEN" | "AMBER";
const light = stateMachine<Light>("light", "RED", {
  RED: ["GREEN"],
  GREEN: ["AMBER"],
  AMBER: ["RED"],
});

describe("a state machine", () => {
  it("allows the transitions of its table and no other", () => {
    expect(light.canMove("RED", "GREEN")).to.equal(true);
    expect(light.canMove("RED", "AMBER")).to.equal(false);
    expect(light.canMove("RED", "RED")).to.equal(false);
  });

  it("fails an assertion at a transition that is not in the table", () => {
    expect(() => light.requireMove("RED", "GREEN")).to.not.throw();
    expect(() => light.requireMove("GREEN", "RED")).to.throw(
      AssertionError,
      "light: no transition from GREEN to RED",
    );
  });

  it("lists its states, and which of them are final", () => {
    expect([...light.states].sort()).to.deep.equal(["AMBER", "GREEN", "RED"]);
    expect(light.isFinal("RED")).to.equal(false);
    expect(reservationStates.isFinal("REFUNDED")).to.equal(true);
  });

  it("refuses a table in which a state moves to itself", () => {
    expect(() => stateMachine<"A">("broken", "A", { A: ["A"] })).to.throw("may not move to itself");
  });

  it("refuses a table with a state that cannot be reached", () => {
    const table = { A: ["B"], B: [], C: ["A"] } satisfies Record<string, ("A" | "B" | "C")[]>;
    expect(() => stateMachine<"A" | "B" | "C">("broken", "A", table)).to.throw("cannot be reached");
  });

  it("stays within its table in any sequence of transitions", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...reservationStates.states)), (targets) => {
        let state = reservationStates.states[0] ?? "PENDING";
        const ends: string[] = [];
        for (const target of targets) {
          if (!reservationStates.canMove(state, target)) {
            expect(() => reservationStates.requireMove(state, target)).to.throw(AssertionError);
            continue;
          }
          expect(reservationStates.isFinal(state)).to.equal(false);
          state = target;
          if (reservationStates.isFinal(state)) ends.push(state);
        }
        expect(ends.length).to.be.at.most(1);
      }),
    );
  });
});

describe("the states of a reservation", () => {
  const moves = {
    PENDING: ["CANCELLED", "CONFIRMED", "EXPIRED"],
    CONFIRMED: ["REFUNDED"],
    CANCELLED: [],
    EXPIRED: [],
    REFUNDED: [],
  } as const;

  for (const from of reservationStates.states) {
    it(`lead from ${from} to ${moves[from].join(", ") || "nowhere"}`, () => {
      const follows = reservationStates.states.filter((to) => reservationStates.canMove(from, to));
      expect(follows.sort()).to.deep.equal(moves[from]);
    });
  }
});

describe("the states of a seat", () => {
  it("allow a sale only after a hold, and the return to AVAILABLE from each other state", () => {
    expect(seatStates.canMove("AVAILABLE", "SOLD")).to.equal(false);
    expect(seatStates.canMove("HELD", "SOLD")).to.equal(true);
    expect(seatStates.canMove("HELD", "AVAILABLE")).to.equal(true);
    expect(seatStates.canMove("SOLD", "AVAILABLE")).to.equal(true);
    expect(seatStates.canMove("SOLD", "HELD")).to.equal(false);
  });
});
