import { expect } from "chai";
import { payReservation } from "../../../src/payment/payReservation.ts";
import { chargedUser, codeOf, failureOf, held, makeSale } from "../../support/fixtures.ts";
import { latePaymentCases } from "../../support/latePaymentCases.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

const STARTS_IN_MS = 30_000;

describe("late payments", () => {
  const current = useMemoryCore();
  latePaymentCases(current);

  it("are accepted until the millisecond before the performance begins", async () => {
    const { core, clock } = current();
    const hold = async () => {
      const userId = await chargedUser(core);
      const startsAt = new Date(clock.nowMs() + STARTS_IN_MS);
      const { seatIds } = await makeSale(core, 1, { startsAt });
      const reservationId = await held(core, userId, seatIds);
      clock.pass(startsAt.getTime() - clock.nowMs() - 1);
      return { userId, reservationId };
    };
    expect((await payReservation(core, await hold())).replayed).to.equal(false);
    const late = await hold();
    clock.pass(1);
    expect(codeOf(await failureOf(payReservation(core, late)))).to.equal("PERFORMANCE_STARTED");
  });
});
