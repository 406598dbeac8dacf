import { expect } from "chai";
import { availableSeats } from "../../src/catalog/availableSeats.ts";
import { availableDates, listConcerts } from "../../src/catalog/browseConcerts.ts";
import { createConcert, createPerformance } from "../../src/catalog/createConcert.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  firstOf,
  held,
  makeSale,
  newUserId,
  paid,
  QUEUE_ID,
} from "../support/fixtures.ts";
import { useTestCore } from "../support/testCore.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const seat = (seatNo: string, price = 100) => ({ seatNo, section: "A", price });

describe("the catalog", () => {
  const current = useTestCore();
  const inDays = (days: number): Date => new Date(current().core.clock.nowMs() + days * DAY_MS);
  const venue = "Hall";

  it("finds concerts by title, singer and time, page by page", async () => {
    const { core } = current();
    const make = async (title: string, singer: string, days: number) => {
      const { id: concertId } = await createConcert(core, { title, singer });
      const startsAt = inDays(days);
      await createPerformance(core, { concertId, startsAt, venue, seats: [seat("1")] });
      return concertId;
    };
    const one = await make("100% Summer", "Ada", 10);
    const two = await make("Summer Night", "Bob_", 20);
    const three = await make("Winter", "Ada", 30);
    const found = async (filter: Omit<Parameters<typeof listConcerts>[1], "limit">) =>
      (await listConcerts(core, { limit: 10, ...filter })).map((concert) => concert.id);
    expect(await found({})).to.deep.equal([one, two, three]);
    expect(await found({ title: "summer" })).to.deep.equal([one, two]);
    expect(await found({ title: "%" })).to.deep.equal([one]);
    expect(await found({ singer: "_" })).to.deep.equal([two]);
    expect(await found({ singer: "ada", title: "winter" })).to.deep.equal([three]);
    expect(await found({ from: inDays(15), until: inDays(25) })).to.deep.equal([two]);
    expect(await found({ afterId: one })).to.deep.equal([two, three]);
    const [first] = await listConcerts(core, { limit: 1 });
    expect(first).to.include({ id: one, availableSeats: 1, queueId: QUEUE_ID });
    expect(first?.startsAt).to.be.instanceOf(Date);
  });

  it("lists future dates, earliest first, to buyers of the right waiting room", async () => {
    const { core } = current();
    const { id: concertId } = await createConcert(core, { title: "T", singer: "S" });
    for (const days of [9, 3, -1]) {
      const seats = [seat("1"), seat("2")];
      await createPerformance(core, { concertId, startsAt: inDays(days), venue, seats });
    }
    const dates = await availableDates(core, { concertId, queueId: QUEUE_ID });
    expect(dates).to.have.length(2);
    expect(dates.map((date) => date.availableSeats)).to.deep.equal([2, 2]);
    expect(dates[0]?.startsAt.getTime()).to.be.below(dates[1]?.startsAt.getTime() ?? 0);
    const wrong = availableDates(core, { concertId, queueId: "vip" });
    expect(codeOf(await failureOf(wrong))).to.equal("QUEUE_TOKEN_WRONG_QUEUE");
    const unknown = availableDates(core, { concertId: 999_999, queueId: QUEUE_ID });
    expect(codeOf(await failureOf(unknown))).to.equal("CONCERT_NOT_FOUND");
  });

  it("lists the seats that can be held now, including those of an overdue hold", async () => {
    const { core } = current();
    const { performanceId, seatIds } = await makeSale(core, 4);
    const [free, isHeld, overdue, sold] = seatIds;
    if (!free || !isHeld || !overdue || !sold) throw new Error("four seats were made");
    await held(core, newUserId(), [isHeld]);
    await current().endHold(await held(core, newUserId(), [overdue]), -1);
    await paid(core, await chargedUser(core), [sold]);
    const seats = (await availableSeats(core, { performanceId, queueId: QUEUE_ID })).seats();
    expect(seats.map((one) => one.id)).to.deep.equal([free, overdue]);
    expect(firstOf(seats)).to.have.keys(
      ...["id", "seatNo", "section", "row", "price", "accessible"],
    );
    const wrong = availableSeats(core, { performanceId, queueId: "vip" });
    expect(codeOf(await failureOf(wrong))).to.equal("QUEUE_TOKEN_WRONG_QUEUE");
    const unknown = availableSeats(core, { performanceId: 999_999, queueId: QUEUE_ID });
    expect(codeOf(await failureOf(unknown))).to.equal("PERFORMANCE_NOT_FOUND");
  });

  it("refuses a performance with no seats, equal seats, a bad price or no concert", async () => {
    const { core } = current();
    const { id: concertId } = await createConcert(core, { title: "T", singer: "S" });
    const codeFor = async (id: number, seats: ReturnType<typeof seat>[]) =>
      codeOf(
        await failureOf(
          createPerformance(core, { concertId: id, startsAt: inDays(1), venue, seats }),
        ),
      );
    expect(await codeFor(concertId, [])).to.equal("INVALID_INPUT");
    expect(await codeFor(concertId, [seat("1"), seat("1")])).to.equal("INVALID_INPUT");
    expect(await codeFor(concertId, [seat("a-1"), seat("A-1")])).to.equal("INVALID_INPUT");
    for (const price of [-1, 1.5]) {
      expect(await codeFor(concertId, [seat("1", price)])).to.equal("INVALID_INPUT");
    }
    expect(await codeFor(999_999, [seat("1")])).to.equal("CONCERT_NOT_FOUND");
    const badQueue = async () =>
      createConcert(core, { title: "T", singer: "S", queueId: "white space" });
    expect(codeOf(await failureOf(badQueue()))).to.equal("INVALID_INPUT");
  });
});
