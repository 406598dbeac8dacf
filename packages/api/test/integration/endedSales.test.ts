import { expect } from "chai";
import { activeBuyer, chargeBuyer, holdSeat, payHold } from "../support/buyer.ts";
import { expectDocumented } from "../support/expectDocumented.ts";
import { makeSale, SEAT_PRICE } from "../support/sale.ts";
import { useTestApi } from "../support/testApi.ts";

describe("performances that cannot be bought", () => {
  const api = useTestApi();

  for (const [what, details] of [
    ["have begun", { limit: 100, startsInMs: -60_000 }],
    ["are closed", { limit: 99, startsInMs: 3_600_000, closesInMs: -1 }],
  ] as const) {
    it(`are offered by no read when they ${what}`, async () => {
      const { core } = api();
      const sale = await makeSale(core, 3);
      const nowMs = core.clock.nowMs();
      const saleClosesAt =
        "closesInMs" in details ? new Date(nowMs + details.closesInMs) : undefined;
      const startsAt = new Date(nowMs + details.startsInMs);
      await core.withTransaction((tx) =>
        core.catalog.updatePerformance(tx, sale.performanceId, {
          ...{ startsAt, venue: "Hall", saleClosesAt },
        }),
      );
      const token = (await activeBuyer(api())).queueToken;
      // Each limit has its own copy in the cache.
      const list = await api().call("GET", `/api/v1/concerts?limit=${details.limit}`);
      expect(list.text).to.include(`"id":${sale.concertId},`);
      expect(list.data.concerts).to.satisfy((concerts: readonly Record<string, unknown>[]) =>
        concerts.some(({ id, availableSeats }) => id === sale.concertId && availableSeats === 0),
      );
      const dates = `/api/v1/concerts/${sale.concertId}/available-dates`;
      expect((await api().call("GET", dates, { token })).data.concerts).to.deep.equal([]);
      const seats = `/api/v1/concerts/${sale.performanceId}/available-seats`;
      const seen = await api().call("GET", seats, { token });
      expect([seen.status, seen.data.seats]).to.deep.equal([200, []]);
    });
  }

  it("let an earlier hold be paid when they are closed, but not when they have begun", async () => {
    const { core } = api();
    const { performanceId, seatIds } = await makeSale(core, 2);
    const buyer = await activeBuyer(api());
    await chargeBuyer(api(), buyer, 2 * SEAT_PRICE);
    const [first = 0, second = 0] = seatIds;
    const closed = await holdSeat(api(), buyer, first);
    const begun = await holdSeat(api(), buyer, second);
    const change = (startsInMs: number) => {
      const nowMs = core.clock.nowMs();
      const times = { startsAt: new Date(nowMs + startsInMs), saleClosesAt: new Date(nowMs - 1) };
      return core.withTransaction((tx) =>
        core.catalog.updatePerformance(tx, performanceId, { venue: "Hall", ...times }),
      );
    };
    await change(60_000);
    const paid = await payHold(api(), buyer, closed);
    expect(paid.status, paid.text).to.equal(200);
    await change(-1);
    const refused = await payHold(api(), buyer, begun);
    expect([refused.status, refused.code]).to.deep.equal([409, "PERFORMANCE_STARTED"]);
    const again = await payHold(api(), buyer, closed);
    expectDocumented(again, "pay");
    expect([again.status, again.data.paymentId]).to.deep.equal([200, paid.data.paymentId]);
  });
});
