import { expect } from "chai";
import { availableSeats } from "../../../src/catalog/availableSeats.ts";
import { held, makeSale, newUserId, QUEUE_ID } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

describe("CATALOG_CACHE=off", () => {
  const current = useMemoryCore({ CATALOG_CACHE: "off" });

  it("shows a hold in the next list, without any delay", async () => {
    const { core } = current();
    const { performanceId, seatIds } = await makeSale(core, 3);
    const look = () => availableSeats(core, { performanceId, queueId: QUEUE_ID });
    expect((await look()).seats()).to.have.length(3);
    const [first = 0] = seatIds;
    await held(core, newUserId(), [first]);
    expect((await look()).seats().map(({ id }) => id)).to.deep.equal(seatIds.slice(1));
  });

  it("reads each list from the database, and nothing from Redis", async () => {
    const { core, callsOf } = current();
    const { performanceId } = await makeSale(core, 3);
    const look = () => availableSeats(core, { performanceId, queueId: QUEUE_ID });
    const first = await callsOf(look);
    expect(first.filter((call) => call.startsWith("mysql"))).not.to.have.length(0);
    expect(await callsOf(look)).to.deep.equal(first);
    expect(first.filter((call) => call.startsWith("redis"))).to.deep.equal([]);
  });
});
