import { expect } from "chai";
import { availableSeats } from "../../src/catalog/availableSeats.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { held, makeSale, newUserId, QUEUE_ID } from "../support/fixtures.ts";
import { eventually } from "../support/privateRedis.ts";
import { seatClient } from "../support/seatClient.ts";
import { useTestCore } from "../support/testCore.ts";

const SEATS = 300;
const ROUNDS = 10;

describe("seat lists on real servers", () => {
  const current = useTestCore();

  it("of clients that take only changes equal the whole list, during holds", async () => {
    const { core } = current();
    const other = (await current().another()).core;
    const { performanceId, seatIds } = await makeSale(core, SEATS);
    const look = (process: typeof core, since?: string) =>
      availableSeats(process, { performanceId, queueId: QUEUE_ID, since });
    const clients = [seatClient(), seatClient(), seatClient(), seatClient()];
    let changes = 0;

    async function holdAndCancel(seatId: number, isKept: boolean): Promise<void> {
      const userId = newUserId();
      const reservationId = await held(core, userId, [seatId]);
      if (!isKept) await cancelReservation(other, { userId, reservationId });
    }
    async function lookAgain(client: ReturnType<typeof seatClient>, at: number): Promise<void> {
      const list = await look(at % 2 === 0 ? core : other, client.version());
      if (list.since !== undefined && list.since !== list.version) changes += 1;
      client.take(list);
    }

    for (let round = 0; round < ROUNDS; round += 1) {
      const chosen = seatIds.filter((_seatId, index) => index % ROUNDS === round);
      await Promise.all([
        ...chosen.map((seatId, index) => holdAndCancel(seatId, index % 2 === 0)),
        ...clients.map((client, index) => lookAgain(client, index + round)),
      ]);
    }
    const free = await core.catalog.freeSeatIds(null, performanceId);
    expect(free).to.have.length.within(1, SEATS - 1);
    expect(clients.map((client) => client.ids().length)).to.not.include(0);
    await eventually(async () => {
      await Promise.all(clients.map(lookAgain));
      return clients.every((client) => client.ids().join() === free.join());
    });
    expect(changes, "answers with changes only").to.be.above(0);
    const whole = await look(core);
    expect(whole.seats().map(({ id }) => id)).to.deep.equal(free);
  });
});
