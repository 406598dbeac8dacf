import { expect } from "chai";
import { payReservation } from "../../../src/payment/payReservation.ts";
import type { SaleWindow } from "../../../src/ports/catalogStore.ts";
import { chargedUser, codeOf, failureOf, held, makeSale } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

const MINUTE_MS = 60_000;

describe("a hold outside of the sale window", () => {
  const current = useMemoryCore();
  const at = (ms: number) => new Date(current().core.clock.nowMs() + ms);
  async function sale(window: SaleWindow) {
    const { core } = current();
    const { performanceId, seatIds } = await makeSale(core, 2);
    const performance = await core.catalog.findPerformance(null, performanceId);
    if (!performance) throw new Error("it was made");
    await core.withTransaction((tx) =>
      core.catalog.updatePerformance(tx, performanceId, { ...performance, ...window }),
    );
    return { performanceId, seatIds };
  }
  const seatsOf = async (performanceId: number) =>
    (await current().core.seats.ofPerformance(null, performanceId)).map(({ status }) => status);

  it("is refused with SALE_NOT_OPEN before the window, and takes no seat", async () => {
    const saleOpensAt = at(MINUTE_MS);
    const { performanceId, seatIds } = await sale({ saleOpensAt });
    const userId = await chargedUser(current().core);
    const failure = await failureOf(held(current().core, userId, seatIds));
    expect(codeOf(failure)).to.equal("SALE_NOT_OPEN");
    expect(failure).to.have.property("details").that.deep.equals({ performanceId, saleOpensAt });
    expect(await seatsOf(performanceId)).to.deep.equal(["AVAILABLE", "AVAILABLE"]);
    current().clock.pass(MINUTE_MS);
    expect(await held(current().core, userId, seatIds)).to.be.above(0);
  });

  it("is refused with SALE_CLOSED after the window, but an earlier hold can be paid", async () => {
    const { seatIds } = await sale({ saleClosesAt: at(MINUTE_MS) });
    const [one = 0, two = 0] = seatIds;
    const { core, clock } = current();
    const userId = await chargedUser(core);
    const reservationId = await held(core, userId, [one]);
    clock.pass(MINUTE_MS);
    expect(codeOf(await failureOf(held(core, userId, [two])))).to.equal("SALE_CLOSED");
    const { value } = await payReservation(core, { userId, reservationId });
    expect(value).to.include({ reservationId });
  });
});
