import { expect } from "chai";
import { activeBuyer } from "../support/buyer.ts";
import { makeSale } from "../support/sale.ts";
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
});
