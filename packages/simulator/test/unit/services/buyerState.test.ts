import { expect } from "chai";
import { buyerStateOf } from "../../../src/services/reservationService.ts";
import type { SagaStep } from "../../../src/services/sagaJournal.ts";

const last = (type: SagaStep) => ({ type, version: 1 });

describe("the state that a buyer sees", () => {
  it("follows from the reservation and the last step of its saga", () => {
    const cases = [
      ["PENDING", undefined, "HELD"],
      ["EXPIRED", undefined, "ENDED"],
      ["PENDING", "payment.requested", "PAYING"],
      // The hold has ended, and the answer has not come: points may be spent.
      ["EXPIRED", "payment.requested", "PAYING"],
      ["PENDING", "payment.refused", "REFUSED"],
      ["EXPIRED", "payment.refused", "ENDED"],
      ["CONFIRMED", "payment.requested", "CONFIRMED"],
      ["CANCELLED", "refund.requested", "REFUNDING"],
      ["EXPIRED", "refund.finished", "RETURNED"],
    ] as const;
    for (const [status, step, state] of cases) {
      const recorded = step === undefined ? undefined : last(step);
      expect(buyerStateOf({ status }, recorded), `${status} ${step}`).to.equal(state);
    }
  });
});
