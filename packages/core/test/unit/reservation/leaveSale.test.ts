import { besideOpen, expectWaiting } from "@onsale/conformance/transactionRace";
import { expect } from "chai";
import { holdSeats } from "../../../src/reservation/holdSeats.ts";
import { leaveSale } from "../../../src/reservation/leaveSale.ts";
import { chargedUser, held, makeSale, newUserId, paid, QUEUE_ID } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { payInside } from "../../support/payInside.ts";

describe("leaveSale", () => {
  const current = useMemoryCore();
  let userId: number;
  let seats: readonly number[];
  beforeEach("makes a buyer with points and a sale of four seats", async () => {
    userId = await chargedUser(current().core);
    seats = (await makeSale(current().core, 4)).seatIds;
  });

  const release = () => leaveSale(current().core, { queueId: QUEUE_ID, userId });
  const statusOf = async (id: number) => (await current().core.reservations.find(null, id))?.status;
  const seatStatuses = async () =>
    (await current().core.seats.find(null, seats)).map((seat) => seat.status);

  it("cancels each unpaid hold once, with its message", async () => {
    const { core, messages } = current();
    const ids = [
      await held(core, userId, seats.slice(0, 2)),
      await held(core, userId, seats.slice(2)),
    ];
    expect(await release()).to.deep.equal(ids);
    expect(await release(), "again").to.deep.equal([]);
    expect(await seatStatuses()).to.deep.equal(Array(4).fill("AVAILABLE"));
    const ends = (await messages()).filter(({ type }) => type === "reservation.cancelled");
    expect(ends.map(({ aggregateId }) => aggregateId)).to.deep.equal(ids);
  });

  it("does not change paid seats, other buyers' holds and holds of other queues", async () => {
    const { core } = current();
    const { reservationId } = await paid(core, userId, seats.slice(0, 1));
    const foreign = await held(core, newUserId(), seats.slice(1, 2));
    const { seatIds } = await makeSale(core, 1, { queueId: "vip" });
    const other = await holdSeats(core, { userId, seatIds, queueId: "vip" });
    const elsewhere = other.value.reservationId;
    expect(await release()).to.deep.equal([]);
    expect(await statusOf(reservationId)).to.equal("CONFIRMED");
    expect(await statusOf(foreign)).to.equal("PENDING");
    expect(await statusOf(elsewhere)).to.equal("PENDING");
  });

  it("waits for a payment of the hold, and does not cancel a paid one", async () => {
    const { core, another } = current();
    const beingPaid = await held(core, userId, seats.slice(0, 1));
    const unpaid = await held(core, userId, seats.slice(1, 2));
    const { released } = await besideOpen(another(), async ({ act, end }) => {
      await act((payer, tx) => payInside(payer, tx, beingPaid));
      const waiting = release();
      await expectWaiting(core, waiting);
      await end("commit");
      return { released: waiting };
    });
    expect(await released).to.deep.equal([unpaid]);
    expect(await statusOf(beingPaid)).to.equal("CONFIRMED");
    expect((await seatStatuses()).slice(0, 2)).to.deep.equal(["SOLD", "AVAILABLE"]);
  });

  it("cancels a hold whose payment was rolled back", async () => {
    const { core, another } = current();
    const id = await held(core, userId, seats.slice(0, 1));
    const { released } = await besideOpen(another(), async ({ act, end }) => {
      await act((payer, tx) => payInside(payer, tx, id));
      const waiting = release();
      await expectWaiting(core, waiting);
      await end("rollback");
      return { released: waiting };
    });
    expect(await released).to.deep.equal([id]);
  });

  it("cancels the oldest holds first, and the rest when it is repeated", async () => {
    const { core } = current();
    const performances = 13;
    const ids: number[] = [];
    for (let made = 0; made < performances; made += 1) {
      for (const seatId of (await makeSale(core, 4)).seatIds) {
        ids.push(await held(core, userId, [seatId]));
      }
    }
    expect(await release()).to.deep.equal(ids.slice(0, 50));
    expect(await release()).to.deep.equal(ids.slice(50));
  });
});
