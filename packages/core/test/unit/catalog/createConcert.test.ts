import { expect } from "chai";
import { createConcert, createPerformance } from "../../../src/catalog/createConcert.ts";
import { TwinSeatsError } from "../../../src/catalog/errors.ts";
import { defaultSettings } from "../../../src/queue/knownQueues.ts";
import { InvalidInputError } from "../../../src/shared/errors.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

/** Fields from a caller without types. */
type Given = Readonly<Record<string, unknown>>;

const SEAT = { seatNo: "A-1", section: "A", price: 100 };
const STARTS_AT = new Date("2031-05-06T12:00:00.000Z");

/** The message of the error. */
async function refusalOf(work: Promise<unknown>): Promise<string> {
  const failure = await failureOf(work);
  if (!(failure instanceof InvalidInputError)) throw failure;
  return failure.message;
}

const TEXTS = [undefined, null, 7, { text: "Rush" }, "", "  ", "half a pair \ud83c"] as const;

describe("createConcert", () => {
  const current = useMemoryCore();
  const create = (given: Given) =>
    createConcert(current().core, Object.assign({ title: "Rush", singer: "Ada" }, given));
  const concerts = () => current().core.catalog.listConcerts(null, { limit: 10 });

  it("creates the concert and its waiting room", async () => {
    const { core } = current();
    const concert = await create({});
    expect(concert).to.deep.include({ title: "Rush", singer: "Ada", queueId: "main" });
    expect(concert).to.deep.include({ startsAt: undefined, endsAt: undefined, availableSeats: 0 });
    expect(await concerts()).to.deep.equal([concert]);
    const queue = await core.admissions.findQueue(null, "main");
    expect(queue?.settings).to.deep.equal(defaultSettings(core));
  });

  it("accepts a title of 200 characters outside the basic plane", async () => {
    const title = "\u{1F3AB}".repeat(200);
    expect(await create({ title })).to.include({ title });
  });

  it("stores title and singer in composed form, and counts their characters in it", async () => {
    const title = "e\u0301".repeat(200);
    const concert = await create({ title, singer: "Beyonce\u0301" });
    expect(concert).to.include({ title: "\u00e9".repeat(200), singer: "Beyonc\u00e9" });
  });

  it("refuses a title or a singer that is not a text of 1 to 200 characters", async () => {
    for (const name of ["title", "singer"]) {
      for (const text of [...TEXTS, "x".repeat(201)]) {
        expect(await refusalOf(create({ [name]: text }))).to.match(
          /^\w+ must be a text of 1 to 200 /,
        );
      }
    }
    expect(await concerts()).to.deep.equal([]);
  });

  it("refuses a queue id with a wrong length or an invalid character", async () => {
    for (const queueId of [null, "", "white space", "ä", "x".repeat(65)]) {
      expect(await refusalOf(create({ queueId }))).to.match(/^A queue id must have/);
    }
    expect(await concerts()).to.deep.equal([]);
    expect(await current().core.admissions.listQueueIds(null)).to.deep.equal([]);
  });
});

describe("createPerformance", () => {
  const current = useMemoryCore();
  let concertId: number;
  beforeEach("creates a concert", async () => {
    concertId = (await createConcert(current().core, { title: "Rush", singer: "Ada" })).id;
  });
  const create = (given: Given) => {
    const input = { concertId, startsAt: STARTS_AT, venue: "Hall", seats: [SEAT] };
    return createPerformance(current().core, Object.assign(input, given));
  };
  const withSeat = (given: Given) => create({ seats: [{ ...SEAT, ...given }] });
  const performances = () => current().core.catalog.performancesOf(null, concertId);

  it("puts the performance and its seats on sale", async () => {
    const { performanceId, seatCount } = await create({});
    expect(seatCount).to.equal(1);
    const [performance, ...others] = await performances();
    expect(others).to.deep.equal([]);
    expect(performance).to.deep.include({ id: performanceId, startsAt: STARTS_AT, venue: "Hall" });
    const seats = await current().core.catalog.seatsOf(null, performanceId);
    expect(seats.map(({ seatNo, price }) => ({ seatNo, price }))).to.deep.equal([
      { seatNo: "A-1", price: 100 },
    ]);
  });

  it("refuses a start that is not a Date in the years 1000 to 9999", async () => {
    const times = ["2026-31-12", "+010000-01-01", "0999-12-31T23:59:59.999Z"];
    const starts = [...times.map((time) => new Date(time)), "2026-12-31", 0, null, undefined];
    for (const startsAt of starts) {
      expect(await refusalOf(create({ startsAt }))).to.match(/^startsAt must be a valid Date of/);
    }
    expect(await performances()).to.deep.equal([]);
  });

  it("accepts a start at either end of the years 1000 to 9999", async () => {
    for (const time of ["1000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"]) {
      expect(await create({ startsAt: new Date(time) })).to.include({ seatCount: 1 });
    }
  });

  it("refuses a missing or too long venue, seat number or section", async () => {
    for (const text of TEXTS) {
      expect(await refusalOf(create({ venue: text }))).to.match(
        /^venue must be a text of 1 to 200 /,
      );
      expect(await refusalOf(withSeat({ seatNo: text }))).to.match(
        /^seatNo must be a text of 1 to 32 /,
      );
      expect(await refusalOf(withSeat({ section: text }))).to.match(/^section must be .* 1 to 64 /);
    }
    await refusalOf(create({ venue: "x".repeat(201) }));
    await refusalOf(withSeat({ seatNo: "x".repeat(33) }));
    await refusalOf(withSeat({ section: "x".repeat(65) }));
    expect(await performances()).to.deep.equal([]);
  });

  it("refuses an invisible character in a venue, a seat number or a section", async () => {
    for (const refused of [
      create({ venue: "Ha\u0000ll" }),
      withSeat({ seatNo: "A-1\u200b" }),
      withSeat({ section: "\u202eA" }),
    ]) {
      expect(await refusalOf(refused)).to.match(
        / has the invisible character U\+(0000|200B|202E) /,
      );
    }
    expect(await performances()).to.deep.equal([]);
  });

  it("refuses an empty list of seats, equal seat numbers and a price of 0", async () => {
    expect(await refusalOf(create({ seats: [] }))).to.match(/^A performance must have 1 to/);
    expect(await failureOf(create({ seats: [SEAT, SEAT] }))).to.be.instanceOf(TwinSeatsError);
    expect(await refusalOf(withSeat({ price: -1 }))).to.match(/^A price must be/);
    expect(await performances()).to.deep.equal([]);
  });

  it("refuses an unknown concert id of any type", async () => {
    for (const unknown of [concertId + 1, Number.NaN, "1", null]) {
      expect(codeOf(await failureOf(create({ concertId: unknown })))).to.equal("CONCERT_NOT_FOUND");
    }
  });
});
