import { expect } from "chai";
import { availableSeats } from "../../../src/catalog/availableSeats.ts";
import { createConcert, createPerformance } from "../../../src/catalog/createConcert.ts";
import { holdSeats } from "../../../src/reservation/holdSeats.ts";
import { codeOf, failureOf, newUserId, QUEUE_ID } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

describe("accessible seats and seats that are kept back", () => {
  const current = useMemoryCore();
  let performanceId = 0;
  let seatIds: readonly number[] = [];
  beforeEach("makes a hall of two ordinary and two accessible seats", async () => {
    const { core } = current();
    const concert = await createConcert(core, { title: "Rush", singer: "Ada" });
    ({ performanceId } = await createPerformance(core, {
      ...{ concertId: concert.id, venue: "Hall" },
      startsAt: new Date(core.clock.nowMs() + DAY_MS),
      seats: [1, 2, 3, 4].map((number) => ({
        ...{ seatNo: `A-${number}`, section: "Floor", row: "A", price: 100 },
        accessible: number > 2,
      })),
    }));
    seatIds = (await core.seats.ofPerformance(null, performanceId)).map(({ id }) => id);
  });

  const hold = (places: readonly number[], accessible?: boolean, key?: string) =>
    holdSeats(current().core, {
      ...{ userId: newUserId(), queueId: QUEUE_ID, accessible },
      seatIds: places.map((place) => seatIds[place - 1] ?? 0),
      idempotency: key === undefined ? undefined : { key },
    });
  const listed = async (accessible?: boolean, since?: string) => {
    const list = await availableSeats(current().core, {
      ...{ performanceId, queueId: QUEUE_ID, accessible, since },
    });
    return { ...list, seatNos: list.seats().map(({ seatNo }) => seatNo) };
  };
  const block = (place: number) =>
    current().core.withTransaction((tx) =>
      current().core.seats.block(tx, [seatIds[place - 1] ?? 0], "camera"),
    );

  it("are listed and held only for guests who ask for accessible seats", async () => {
    expect((await listed()).seatNos).to.deep.equal(["A-1", "A-2"]);
    expect((await listed(true)).seatNos).to.deep.equal(["A-1", "A-2", "A-3", "A-4"]);
    const refused = await failureOf(hold([2, 3]));
    expect(codeOf(refused)).to.equal("SEAT_ACCESSIBLE_ONLY");
    expect(refused)
      .to.have.property("details")
      .that.deep.equals({ seatIds: [seatIds[2]] });
    const { value } = await hold([2, 3], true);
    expect(value.seats[1]).to.include({ seatNo: "A-3", section: "Floor", row: "A" });
  });

  it("appear in the changes of a list only when the list has them", async () => {
    const [ordinary, all] = [await listed(), await listed(true)];
    await hold([1, 3], true);
    current().clock.pass(1_000);
    expect((await listed(false, ordinary.version)).takenSeatIds).to.deep.equal([seatIds[0]]);
    expect((await listed(true, all.version)).takenSeatIds).to.deep.equal([seatIds[0], seatIds[2]]);
  });

  it("are not listed, and refuse a hold, while the box office keeps them back", async () => {
    await block(1);
    expect((await listed()).seatNos).to.deep.equal(["A-2"]);
    expect(codeOf(await failureOf(hold([1, 2])))).to.equal("SEAT_BLOCKED");
    expect((await listed()).seatNos).to.deep.equal(["A-2"]);
  });

  it("are another request under the same key when only the need for access differs", async () => {
    const userId = newUserId();
    const request = { userId, queueId: QUEUE_ID, seatIds: seatIds.slice(0, 1) };
    const idempotency = { key: "k" };
    await holdSeats(current().core, { ...request, idempotency });
    const again = holdSeats(current().core, { ...request, idempotency, accessible: true });
    expect(codeOf(await failureOf(again))).to.equal("IDEMPOTENCY_KEY_REUSED");
  });
});
