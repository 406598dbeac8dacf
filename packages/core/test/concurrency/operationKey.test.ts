import { expect } from "chai";
import { findOperation } from "../../src/operations/operationList.ts";
import { planAndExecute } from "../../src/operations/planAndExecute.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { codeOf, failureOf } from "../support/fixtures.ts";
import { type CoreInstance, useTestCore } from "../support/testCore.ts";

const TIMES = 20;
const operation = findOperation("concert.create");
const operator = { name: "mina", host: "api-1", command: "POST /concerts" };
const concert = (title: string) => ({
  ...{ title, singer: "Ada" },
  performances: [
    {
      startsAt: "2031-05-06T19:30:00.000+09:00",
      venue: "Hall",
      sections: [{ name: "Floor", price: 150, rows: { A: 2 } }],
    },
  ],
});

describe("an idempotency key of an operator", () => {
  const current = useTestCore();
  let other: CoreInstance;
  before("opens a second instance", async () => {
    other = await current().another();
  });
  const create = (core: CoreContext, title: string, key: string) =>
    planAndExecute(core, { operation, input: concert(title), operator, idempotency: { key } });
  const countOf = async (title: string) =>
    (await current().core.catalog.listConcerts(null, { title, limit: 100 })).length;

  it("creates one concert for 20 parallel requests, and all get its job", async () => {
    const reports = await Promise.all(
      Array.from({ length: TIMES }, (_unused, index) =>
        create(index % 2 === 0 ? current().core : other.core, "Parallel", "once"),
      ),
    );
    expect(new Set(reports.map(({ jobId }) => jobId)).size).to.equal(1);
    expect(reports.every(({ status }) => status === "DONE")).to.equal(true);
    expect(reports.filter(({ isRepetition }) => !isRepetition)).to.have.length(1);
    expect(await countOf("Parallel")).to.equal(1);
  });

  it("is refused for another concert, also when both requests run at the same time", async () => {
    const titles = ["Either", "Or"];
    const results = await Promise.allSettled(
      titles.map((title, index) => create(index === 0 ? current().core : other.core, title, "two")),
    );
    const refused = results.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(refused.map(codeOf)).to.deep.equal(["IDEMPOTENCY_KEY_REUSED"]);
    const counts = await Promise.all(titles.map(countOf));
    expect(counts.toSorted()).to.deep.equal([0, 1]);
    const missing = titles[counts.indexOf(0)] ?? "";
    expect(codeOf(await failureOf(create(other.core, missing, "two")))).to.equal(
      "IDEMPOTENCY_KEY_REUSED",
    );
  });
});
