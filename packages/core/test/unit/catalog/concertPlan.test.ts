import { expect } from "chai";
import { concertMistakes } from "../../../src/catalog/concertPlan.ts";
import { seatsOf } from "../../../src/catalog/seatPlan.ts";

const PERFORMANCE = { startsAt: "2031-05-06T19:30:00Z", venue: "Hall" };

/** Lists the mistakes of a concert whose performances have one section with these rows. */
function mistakesOf(...rowsOfPerformances: readonly object[]) {
  const performances = rowsOfPerformances.map((rows) => ({
    ...PERFORMANCE,
    sections: [{ name: "Floor", price: 1, rows }],
  }));
  return concertMistakes({ title: "Rush", singer: "Ada", performances }, "concert");
}

describe("seatsOf", () => {
  it("gives each seat its section, its row and whether it is accessible", () => {
    const sections = [
      { name: "Floor", price: 5, prefix: "F ", rows: { A: 1 } },
      { name: "Floor", price: 0, accessible: true, rows: { "B-1": "2A" } },
    ];
    expect(seatsOf(sections)).to.deep.equal([
      { seatNo: "F A-1", section: "Floor", row: "A", price: 5, accessible: false },
      { seatNo: "B-1-2A", section: "Floor", row: "B-1", price: 0, accessible: true },
    ]);
  });
});

describe("concertMistakes", () => {
  it("refuses 40 million seats of one performance without making them", () => {
    const rows = Object.fromEntries(Array.from({ length: 200 }, (_one, n) => [`R${n}`, 200_000]));
    expect(mistakesOf({ A: 1 }, rows)).to.deep.equal([
      {
        path: ["performances", 1, "sections"],
        reason: "a performance has at most 200000 seats",
      },
    ]);
  }).timeout(1_000);

  it("refuses 20 million seats of 100 performances without making them", () => {
    const performances = Array.from({ length: 100 }, () => ({ A: "1-100000", B: 100_000 }));
    expect(mistakesOf(...performances)).to.deep.equal([
      {
        path: ["performances"],
        reason: "at most 1000000 seats can be created at once; add other performances later",
      },
    ]);
  }).timeout(1_000);

  it("refuses an unknown time zone, a limit of no seat, and a start in the year 10000", () => {
    const sections = [{ name: "Floor", price: 0, accessible: true, rows: { A: 2 } }];
    const plan = (more: object) =>
      concertMistakes({ ...PERFORMANCE, sections, ...more }, "performance").map(
        ({ path, reason }) => `${path.join(".")} ${reason}`,
      );
    expect(plan({ timeZone: "Asia/Seoul", seatsPerBuyerMax: 1_000 })).to.deep.equal([]);
    expect(plan({ timeZone: "asia/seoul" })).to.deep.equal([
      "timeZone must be written as Asia/Seoul",
    ]);
    expect(plan({ timeZone: "+09:00" })[0]).to.match(/^timeZone "\+09:00" is not a time zone/);
    for (const seatsPerBuyerMax of [0, 1.5, 1_001]) {
      expect(plan({ seatsPerBuyerMax })[0]).to.match(/^seatsPerBuyerMax /);
    }
    expect(plan({ startsAt: "9999-12-31T23:00:00Z", timeZone: "Asia/Seoul" })).to.deep.equal([
      "startsAt must be in the years 1000 to 9999 at the venue",
    ]);
  });

  it("accepts 200,000 seats of one performance, and refuses one more", () => {
    expect(mistakesOf({ A: "1-199999", B: 1 })).to.deep.equal([]);
    expect(mistakesOf({ A: "1-199999", B: "1,1A" })).to.have.length(1);
  });

  it("refuses invisible characters in every text, with its place", () => {
    const hall = { ...PERFORMANCE, venue: "Ha\u0000ll" };
    const rows = { "A\u200b": 1, B: "1,2\u3164" };
    const sections = [{ name: "\u202eroolF", prefix: "F\u00ad ", price: 1, rows }];
    const performances = [{ ...hall, sections }];
    const plan = { title: "Ru\u200bsh", singer: "A\u2066da", performances };
    const mistakes = concertMistakes(plan, "concert").map(
      ({ path, reason }) => `${path.slice(-2).join(".")}: ${/U\+\w+/.exec(reason)?.[0]}`,
    );
    expect(mistakes).to.have.members([
      ...["title: U+200B", "singer: U+2066", "0.venue: U+0000", "0.name: U+202E"],
      ...["0.prefix: U+00AD", "rows.A\u200b: U+200B", "rows.B: U+3164"],
    ]);
  });

  it("accepts texts of other scripts, and emoji", () => {
    const title = "아이유 👩🏽\u200d🎤 می\u200cخواهم क्\u200dष 葛\u{e0100}城 Beyonce\u0301";
    const sections = [{ name: "ที่นั่ง ❤\ufe0f", price: 1, rows: { 가: "1-3,나" } }];
    const performances = [{ ...PERFORMANCE, venue: "أوبرا", sections }];
    expect(concertMistakes({ title, singer: "王菲", performances }, "concert")).to.deep.equal([]);
  });

  it("finds seats with one number in every performance", () => {
    expect(
      mistakesOf({ A: "1,1" }, { A: 1, a: 1 }).map(({ path }) => path.join(".")),
    ).to.deep.equal(["performances.0.sections.0.rows.A", "performances.1.sections.0.rows.a"]);
  });
});
