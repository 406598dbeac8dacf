import { expect } from "chai";
import fc from "fast-check";
import { refundSeatsInside } from "../../../src/payment/refundSeats.ts";
import { cancelSeatsInside } from "../../../src/reservation/cancelSeats.ts";
import { checkSales, hasDrifted } from "../../../src/sales/checkSales.ts";
import { chargedUser, held, makeSale, paid } from "../../support/fixtures.ts";
import { openMemoryTestCore } from "../../support/memoryCore.ts";
import { planOf, runPlanned } from "../../support/operationCases.ts";
import { figuresOf, handlerOf, reservationEvents } from "../../support/smallSale.ts";

const PRICES = [100, 70, 0, 30, 50, 20, 10] as const;
/** A hold gave back its seat of 100; a paid reservation its seat of 50. */
const RIGHT = { held: 2, sold: 3, revenue: 30 + 20 + 10 };

describe("the sales projection of reservations that give back seats", () => {
  /** A sale with a hold of three seats and a payment of four, each of which gave back one. */
  async function partedSale() {
    const opened = openMemoryTestCore();
    const { core } = opened;
    const sale = await makeSale(core, PRICES.length, { prices: PRICES });
    const userId = await chargedUser(core);
    const holdSeats = sale.seatIds.slice(0, 3);
    const paidSeats = sale.seatIds.slice(3);
    const reservationId = await held(core, userId, holdSeats);
    const { paymentId } = await paid(core, userId, paidSeats);
    await core.withTransaction(async (tx) => {
      await cancelSeatsInside(core, tx, { reservationId, seatIds: holdSeats.slice(0, 1) });
    });
    await core.withTransaction(async (tx) => {
      await refundSeatsInside(core, tx, { paymentId, seatIds: paidSeats.slice(1, 2) });
    });
    return { opened, core, sale };
  }

  it("is right in any order of the messages", async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
        const { opened, core, sale } = await partedSale();
        const handle = await handlerOf(core);
        const rest = await reservationEvents(opened);
        while (rest.length > 0) {
          const [next] = rest.splice((numbers.next().value ?? 0) % rest.length, 1);
          if (next) await handle(next);
        }
        expect(await figuresOf(core, sale)).to.include(RIGHT);
        expect(hasDrifted(await checkSales(core))).to.equal(false);
      }),
      { numRuns: 20 },
    );
  });

  it("is right after a rebuild, and stays so when the messages arrive", async () => {
    const { opened, core, sale } = await partedSale();
    const report = await runPlanned(opened, await planOf(opened, "sales.rebuild", {}));
    expect(report).to.include({ status: "DONE" });
    expect(await figuresOf(core, sale)).to.include(RIGHT);
    const handle = await handlerOf(core);
    for (const message of await reservationEvents(opened)) await handle(message);
    expect(await figuresOf(core, sale)).to.include(RIGHT);
    expect(hasDrifted(await checkSales(core))).to.equal(false);
  });
});
