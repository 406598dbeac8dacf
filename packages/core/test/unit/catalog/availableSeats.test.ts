import { expect } from "chai";
import { availableSeats, type SeatList } from "../../../src/catalog/availableSeats.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { cancelReservation } from "../../../src/reservation/cancelReservation.ts";
import { holdSeats } from "../../../src/reservation/holdSeats.ts";
import { held, makeSale, newUserId, QUEUE_ID } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { seatClient } from "../../support/seatClient.ts";

/** The longest age of a list, ms. */
const AGE_MS_MAX = 250;

describe("availableSeats", () => {
  const current = useMemoryCore();
  const look = (core: CoreContext, performanceId: number, since?: string): Promise<SeatList> =>
    availableSeats(core, { performanceId, queueId: QUEUE_ID, since });

  it("lists the whole hall first, and then only the changes", async () => {
    const { core, clock } = current();
    const { performanceId, seatIds } = await makeSale(core, 40);
    const whole = await look(core, performanceId);
    expect(whole).to.include({ since: undefined });
    expect(whole.seats().map(({ id }) => id)).to.deep.equal(seatIds);
    const userId = newUserId();
    const [first = 0, second = 0] = seatIds;
    const reservationId = await held(core, userId, [first]);
    clock.pass(AGE_MS_MAX + 1);
    const taken = await look(core, performanceId, whole.version);
    expect(taken).to.deep.include({ since: whole.version, takenSeatIds: [first] });
    expect(taken.seats()).to.deep.equal([]);
    await cancelReservation(core, { userId, reservationId });
    await held(core, newUserId(), [second]);
    clock.pass(AGE_MS_MAX + 1);
    const changed = await look(core, performanceId, taken.version);
    expect(changed.takenSeatIds).to.deep.equal([second]);
    expect(changed.seats().map(({ id }) => id)).to.deep.equal([first]);
  });

  it("has no changes, and the same version, while no seat changes", async () => {
    const { core, clock } = current();
    const { performanceId } = await makeSale(core, 3);
    const { version } = await look(core, performanceId);
    clock.pass(AGE_MS_MAX + 1);
    const again = await look(core, performanceId, version);
    expect(again).to.deep.include({ version, since: version, takenSeatIds: [] });
    expect(again.seats()).to.deep.equal([]);
  });

  it("keeps clients of several processes up to date during concurrent holds", async () => {
    const { core, clock, another } = current();
    const { performanceId, seatIds } = await makeSale(core, 60);
    const processes = [core, another(), another()];
    const clients = [seatClient(), seatClient(), seatClient(), seatClient()];
    for (let round = 0; round < 12; round += 1) {
      const work = seatIds
        .filter((_seatId, index) => index % 12 === round)
        .map((seatId, index) =>
          holdSeats(processes[index % 3] ?? core, {
            ...{ userId: newUserId(), seatIds: [seatId], queueId: QUEUE_ID },
          }),
        );
      const looks = clients.map(async (client, index) => {
        const process = processes[(index + round) % 3] ?? core;
        client.take(await look(process, performanceId, client.version()));
      });
      await Promise.all([...work, ...looks]);
      clock.pass(100);
    }
    clock.pass(AGE_MS_MAX + 1);
    for (const [index, client] of clients.entries()) {
      const list = await look(processes[index % 3] ?? core, performanceId, client.version());
      expect(list.since, "the list continues the client's").to.equal(client.version());
      client.take(list);
      expect(client.ids()).to.deep.equal(await core.catalog.freeSeatIds(null, performanceId));
    }
  });

  it("takes every seat back when the performance begins, and when its sale ends", async () => {
    const { core, clock } = current();
    const startsAt = new Date(clock.nowMs() + 30_000);
    const begins = await makeSale(core, 3, { startsAt });
    const closes = await makeSale(core, 3);
    const saleClosesAt = startsAt;
    await core.withTransaction(async (tx) => {
      const found = await core.catalog.findPerformance(tx, closes.performanceId);
      if (!found) throw new Error("it was made");
      await core.catalog.updatePerformance(tx, found.id, { ...found, saleClosesAt });
    });
    const before = await look(core, begins.performanceId);
    const open = await look(core, closes.performanceId);
    clock.pass(30_000 + AGE_MS_MAX + 1);
    for (const [sale, { version }] of [
      [begins, before],
      [closes, open],
    ] as const) {
      const after = await look(core, sale.performanceId, version);
      expect(after.takenSeatIds).to.deep.equal(sale.seatIds);
      expect((await look(core, sale.performanceId)).seats()).to.deep.equal([]);
    }
  });

  it("lists the whole hall again for a version that no process knows", async () => {
    const { core, servers, clock, another } = current();
    const { performanceId, seatIds } = await makeSale(core, 3);
    const { version } = await look(core, performanceId);
    expect(await look(core, performanceId, "AAAAAAAAAAAAAAAA")).to.include({ since: undefined });
    await held(core, newUserId(), seatIds.slice(0, 1));
    servers.redisState.lose();
    clock.pass(AGE_MS_MAX + 1);
    const after = await look(another(), performanceId, version);
    expect(after.since).to.equal(undefined);
    expect(after.seats().map(({ id }) => id)).to.deep.equal(seatIds.slice(1));
  });

  it("lists the whole hall while Redis does not answer", async () => {
    const { core, loseCalls } = current();
    const { performanceId, seatIds } = await makeSale(core, 3);
    loseCalls(/^redis/);
    const list = await look(core, performanceId, "AAAAAAAAAAAAAAAA");
    expect(list.seats().map(({ id }) => id)).to.deep.equal(seatIds);
  });

  it("asks the servers once for all readers who come together", async () => {
    const { core, callsOf } = current();
    const { performanceId } = await makeSale(core, 3);
    const calls = await callsOf(() =>
      Promise.all(Array.from({ length: 50 }, () => look(core, performanceId))),
    );
    expect(calls.filter((call) => call.startsWith("mysql"))).to.deep.equal([
      "mysql catalog.findPerformance",
      "mysql catalog.seatsOf",
      "mysql catalog.freeSeatIds",
    ]);
  });

  it("shows a change after 250 ms at the latest", async () => {
    const { core, clock } = current();
    const { performanceId, seatIds } = await makeSale(core, 2);
    await look(core, performanceId);
    await held(core, newUserId(), seatIds.slice(0, 1));
    clock.pass(AGE_MS_MAX + 1);
    const list = await look(core, performanceId);
    expect(list.seats().map(({ id }) => id)).to.deep.equal(seatIds.slice(1));
  });
});
