import { expect } from "chai";
import { ConsistencyWatch } from "../../../src/services/consistencyWatch.ts";
import { type EndedRun, endViolations } from "../../../src/services/endChecks.ts";

const PAID = { reservationStatus: "CONFIRMED", spent: 100, amount: 100 };

/** A run of one payment that ended as it must. */
function goodRun(): EndedRun {
  return {
    watch: new ConsistencyWatch(),
    unfinished: [],
    sent: {
      byReservations: [{ messageId: "a", type: "payment.requested", status: "PUBLISHED" }],
      byPayments: [{ messageId: "b", type: "payment.captured", status: "PUBLISHED" }],
    },
    applied: { atReservations: new Set(["b"]), atPayments: new Set(["a"]) },
    lastAnswers: [{ userId: 1, reservationId: 7, state: "CONFIRMED" }],
    truths: new Map([[7, PAID]]),
    errors: [],
  };
}

const checksOf = (run: EndedRun): string[] => endViolations(run).map(({ check }) => check);

describe("the checks of what must hold in the end", () => {
  it("accepts a run whose violations have ended", () => {
    const watch = new ConsistencyWatch();
    watch.observe(1, [{ id: "I2", message: "paid, not confirmed", ids: { reservationId: 7 } }]);
    watch.observe(9, []);
    expect(endViolations({ ...goodRun(), watch })).to.deep.equal([]);
  });

  it("rejects a run in which a violation lasts", () => {
    const watch = new ConsistencyWatch();
    watch.observe(1, [{ id: "I2", message: "paid, not confirmed", ids: { reservationId: 7 } }]);
    expect(endViolations({ ...goodRun(), watch })).to.deep.equal([
      { check: "I2", message: "paid, not confirmed (reservationId 7)" },
    ]);
  });

  it("rejects unfinished work and unexpected errors", () => {
    expect(checksOf({ ...goodRun(), unfinished: ["1 buyer without an answer"] })).to.deep.equal([
      "liveness",
    ]);
    expect(checksOf({ ...goodRun(), errors: ["TypeError"] })).to.deep.equal(["errors"]);
  });

  it("rejects a message that its receiver has not applied", () => {
    const applied = { atReservations: new Set<string>(), atPayments: new Set(["a"]) };
    expect(checksOf({ ...goodRun(), applied })).to.deep.equal(["effects"]);
    const other = { atReservations: new Set(["b"]), atPayments: new Set<string>() };
    expect(checksOf({ ...goodRun(), applied: other })).to.deep.equal(["effects"]);
  });

  it("rejects answers that the databases contradict", () => {
    const truths = [
      { ...PAID, reservationStatus: "EXPIRED" },
      { ...PAID, spent: 200 },
      { ...PAID, spent: 0 },
    ];
    for (const truth of truths) {
      expect(checksOf({ ...goodRun(), truths: new Map([[7, truth]]) })).to.deep.equal(["answers"]);
    }
    const returned = [{ userId: 1, reservationId: 7, state: "RETURNED" }] as const;
    expect(checksOf({ ...goodRun(), lastAnswers: returned })).to.deep.equal(["answers"]);
    const back = new Map([[7, { reservationStatus: "EXPIRED", spent: 0, amount: 100 }]]);
    expect(checksOf({ ...goodRun(), lastAnswers: returned, truths: back })).to.deep.equal([]);
  });
});
