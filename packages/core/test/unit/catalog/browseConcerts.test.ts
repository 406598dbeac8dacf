import { expect } from "chai";
import { availableDates } from "../../../src/catalog/browseConcerts.ts";
import { ConcertNotFoundError } from "../../../src/catalog/errors.ts";
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
});
