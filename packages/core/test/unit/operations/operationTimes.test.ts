import { expect } from "chai";
import { codeOf, failureOf, makeSale } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { planOf } from "../../support/operationCases.ts";

/** A time of the year 10000 in UTC. */
const NO_DATETIME = "9999-12-31T23:59:59-12:00";
const hall = {
  startsAt: "2031-05-06T19:30:00.000+09:00",
  venue: "Hall",
  sections: [{ name: "Floor", price: 150, rows: { A: 2 } }],
};
const concert = { title: "Rush", singer: "Ada", performances: [hall] };
const late = (field: string) => ({ [field]: NO_DATETIME });

describe("times of operations", () => {
  const current = useMemoryCore();

  it("refuses times that MySQL cannot store, with their places", async () => {
    const broken = {
      ...concert,
      performances: [
        { ...hall, startsAt: NO_DATETIME },
        { ...hall, sale: { opensAt: "0999-12-31T23:59:59Z", closesAt: NO_DATETIME } },
      ],
    };
    const failure = await failureOf(planOf(current(), "concert.create", broken));
    const reason = "must be in the years 1000 to 9999 in UTC";
    expect(failure)
      .to.have.nested.property("details.mistakes")
      .that.deep.equals([
        { path: "performances.0.startsAt", reason },
        { path: "performances.1.sale.opensAt", reason },
        { path: "performances.1.sale.closesAt", reason },
      ]);
  });

  it("refuses a time that MySQL cannot store in every operation that takes a time", async () => {
    const { concertId, performanceId } = await makeSale(current().core, 1);
    for (const [name, field, input] of [
      [
        "performance.add",
        "performance.startsAt",
        { concertId, performance: { ...hall, ...late("startsAt") } },
      ],
      ["performance.edit", "changes.startsAt", { performanceId, changes: late("startsAt") }],
      ["performance.edit", "changes.saleOpensAt", { performanceId, changes: late("saleOpensAt") }],
      [
        "performance.edit",
        "changes.saleClosesAt",
        { performanceId, changes: late("saleClosesAt") },
      ],
      ["concert.saleEnds", `ends.${performanceId}`, { concertId, ends: late(`${performanceId}`) }],
      ["outbox.redrive", "since", late("since")],
      ["outbox.replay", "until", late("until")],
    ] as const) {
      const failure = await failureOf(planOf(current(), name, input));
      expect(codeOf(failure), name).to.equal("INVALID_INPUT");
      expect(failure, name).to.have.nested.property("details.field", field);
    }
  });
});
