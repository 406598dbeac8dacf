import { expect } from "chai";
import { availableDates } from "../../../src/catalog/browseConcerts.ts";
import { createPerformance } from "../../../src/catalog/createConcert.ts";
import { ConcertNotFoundError } from "../../../src/catalog/errors.ts";
import type { SaleWindow } from "../../../src/ports/catalogStore.ts";
import { failureOf, makeSale, QUEUE_ID } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

describe("availableDates", () => {
  const current = useMemoryCore();

  it("finds a concert that was created just after a buyer had asked for it", async () => {
    const { core } = current();
    const { concertId: last } = await makeSale(core, 1);
    const next = { concertId: last + 1, queueId: QUEUE_ID };
    expect(await failureOf(availableDates(core, next))).to.be.instanceOf(ConcertNotFoundError);
    const created = await makeSale(core, 1);
    expect(created.concertId).to.equal(next.concertId);
    expect(await availableDates(core, next)).to.have.length(1);
  });

  it("leaves out performances that have begun, and those whose sale has ended", async () => {
    const { core, clock } = current();
    const { concertId } = await makeSale(core, 1, { startsAt: new Date(clock.nowMs() + 5_000) });
    const later = (ms: number) => new Date(clock.nowMs() + ms);
    const seats = [{ seatNo: "A-1", section: "A", price: 1 }];
    const add = async (sale: SaleWindow): Promise<number> => {
      const details = { startsAt: later(60_000), venue: "Hall", ...sale };
      return (await createPerformance(core, { concertId, seats, ...details })).performanceId;
    };
    const closing = await add({ saleClosesAt: later(4_000) });
    const opening = await add({ saleOpensAt: later(30_000) });
    const listed = async () => {
      const dates = await availableDates(core, { concertId, queueId: QUEUE_ID });
      return dates.map(({ id, availableSeats }) => [id, availableSeats]);
    };
    expect((await listed()).slice(1)).to.deep.equal([
      [closing, 1],
      [opening, 1],
    ]);
    clock.pass(4_000);
    expect((await listed()).map(([id]) => id))
      .to.include(opening)
      .and.not.include(closing);
    clock.pass(1_000);
    expect(await listed()).to.deep.equal([[opening, 1]]);
    expect((await core.catalog.findConcert(null, concertId))?.availableSeats).to.equal(1);
  });
});
