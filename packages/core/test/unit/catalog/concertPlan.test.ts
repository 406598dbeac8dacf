import { expect } from "chai";
import { concertMistakes } from "../../../src/catalog/concertPlan.ts";

const PERFORMANCE = { startsAt: "2031-05-06T19:30:00Z", venue: "Hall" };

/** Lists the mistakes of a concert whose performances have one section with these rows. */
function mistakesOf(...rowsOfPerformances: readonly object[]) {
  const performances = rowsOfPerformances.map((rows) => ({
    ...PERFORMANCE,
    sections: [{ name: "Floor", price: 1, rows }],
  }));
  return concertMistakes({ title: "Rush", singer: "Ada", performances }, "concert");
}

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

  it("accepts 200,000 seats of one performance, and refuses one more", () => {
    expect(mistakesOf({ A: "1-199999", B: 1 })).to.deep.equal([]);
    expect(mistakesOf({ A: "1-199999", B: "1,1A" })).to.have.length(1);
  });

  it("finds seats with one number in every performance", () => {
    expect(
      mistakesOf({ A: "1,1" }, { A: 1, a: 1 }).map(({ path }) => path.join(".")),
    ).to.deep.equal(["performances.0.sections.0.rows.A", "performances.1.sections.0.rows.a"]);
  });
});
