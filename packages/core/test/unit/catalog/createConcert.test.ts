import { expect } from "chai";
import sinon from "sinon";
import { createConcert, createPerformance } from "../../../src/catalog/createConcert.ts";
import { TwinSeatsError } from "../../../src/catalog/errors.ts";
import type { AdmissionStore } from "../../../src/ports/admissionStore.ts";
import type { CatalogStore } from "../../../src/ports/catalogStore.ts";
import { InvalidInputError } from "../../../src/shared/errors.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { portOf, unitCore } from "../../support/unitCore.ts";

/** What callers without types may give in the place of a field. */
type Given = Readonly<Record<string, unknown>>;

const CONCERT = {
  id: 1,
  title: "Rush",
  singer: "Ada",
  queueId: "main",
  startsAt: undefined,
  endsAt: undefined,
  availableSeats: 0,
};
const SEAT = { seatNo: "A-1", section: "A", price: 100 };
const STARTS_AT = new Date("2031-05-06T12:00:00.000Z");

function catalogCore() {
  const catalog = portOf<CatalogStore>({
    insertConcert: sinon.stub().resolves(1),
    findConcert: async (_tx, id) => (id === CONCERT.id ? CONCERT : undefined),
    insertPerformance: sinon.stub().resolves(2),
    insertSeats: sinon.stub().resolves(),
  });
  const admissions = portOf<AdmissionStore>({ ensureQueue: sinon.stub().resolves() });
  return unitCore({ catalog, admissions });
}

/** The message of the refusal. */
async function refusalOf(work: Promise<unknown>): Promise<string> {
  const failure = await failureOf(work);
  if (!(failure instanceof InvalidInputError)) throw failure;
  return failure.message;
}

const TEXTS = [undefined, null, 7, { text: "Rush" }, "", "  ", "half a pair \ud83c"] as const;

describe("a concert", () => {
  const create = (given: Given) =>
    createConcert(catalogCore(), Object.assign({ title: "Rush", singer: "Ada" }, given));

  it("is announced with its waiting room", async () => {
    expect(await create({})).to.equal(CONCERT);
    expect(await create({ title: "\u{1F3AB}".repeat(200) })).to.equal(CONCERT);
  });

  it("is refused without a title or a singer of 1 to 200 characters", async () => {
    for (const name of ["title", "singer"]) {
      for (const text of [...TEXTS, "x".repeat(201)]) {
        expect(await refusalOf(create({ [name]: text }))).to.match(/^\w+ is a text of 1 to 200 /);
      }
    }
  });

  it("is refused for a waiting room of an impossible name", async () => {
    for (const queueId of [null, "", "white space", "ä", "x".repeat(65)]) {
      expect(await refusalOf(create({ queueId }))).to.match(/^A queue id is/);
    }
  });
});

describe("a performance", () => {
  const create = (given: Given) => {
    const input = { concertId: 1, startsAt: STARTS_AT, venue: "Hall", seats: [SEAT] };
    return createPerformance(catalogCore(), Object.assign(input, given));
  };
  const withSeat = (given: Given) => create({ seats: [{ ...SEAT, ...given }] });

  it("is added with its seats", async () => {
    expect(await create({})).to.deep.equal({ performanceId: 2, seatCount: 1 });
  });

  it("is refused unless it starts at a Date of the years 1000 to 9999", async () => {
    const times = ["2026-31-12", "+010000-01-01", "0999-12-31T23:59:59.999Z"];
    const starts = [...times.map((time) => new Date(time)), "2026-12-31", 0, null, undefined];
    for (const startsAt of starts) {
      expect(await refusalOf(create({ startsAt }))).to.match(/^startsAt is a valid Date of/);
    }
    for (const time of ["1000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"]) {
      expect(await create({ startsAt: new Date(time) })).to.include({ seatCount: 1 });
    }
  });

  it("is refused without a place, and with seats that lack a number or a section", async () => {
    for (const text of TEXTS) {
      expect(await refusalOf(create({ venue: text }))).to.match(/^venue is a text of 1 to 200 /);
      expect(await refusalOf(withSeat({ seatNo: text }))).to.match(/^seatNo is a text of 1 to 32 /);
      expect(await refusalOf(withSeat({ section: text }))).to.match(/^section is .* 1 to 64 /);
    }
    await refusalOf(create({ venue: "x".repeat(201) }));
    await refusalOf(withSeat({ seatNo: "x".repeat(33) }));
    await refusalOf(withSeat({ section: "x".repeat(65) }));
  });

  it("is refused without seats, with twins, and with a price of nothing", async () => {
    expect(await refusalOf(create({ seats: [] }))).to.match(/^A performance has 1 to/);
    expect(await failureOf(create({ seats: [SEAT, SEAT] }))).to.be.instanceOf(TwinSeatsError);
    expect(await refusalOf(withSeat({ price: 0 }))).to.match(/^An amount is/);
  });

  it("is refused for a concert that is not there, whatever stands for its id", async () => {
    for (const concertId of [2, Number.NaN, "1", null]) {
      expect(codeOf(await failureOf(create({ concertId })))).to.equal("CONCERT_NOT_FOUND");
    }
  });
});
