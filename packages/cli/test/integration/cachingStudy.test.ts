import { type CachingReport, cachedReadNames, cachingReportSchema } from "@onsale/simulator/study";
import { expect } from "chai";
import { runOnsale } from "../support/runOnsale.ts";

describe("onsale study caching", function () {
  this.timeout(240_000);

  it("reaches MySQL once for each process in a stampede, and is as fresh as stated", async () => {
    const run = await runOnsale(["study", "caching", "--quick", "--json"]);
    const report: CachingReport = cachingReportSchema.parse(JSON.parse(run.stdout).data);
    // The command judges every figure itself; its unit tests show each way to fail.
    expect(run.code, run.stdout).to.equal(0);
    expect(report.sources).to.have.length(4 * cachedReadNames.length);
    expect(report.invariants).to.deep.equal({ checked: 10, broken: [] });
    for (const { read, isCached, buyers, statements } of report.stampede) {
      const each = read === "dates" ? 2 : 1;
      if (isCached) expect(Math.max(...statements), read).to.be.below(buyers / 4);
      else expect(statements, read).to.deep.equal([each * buyers]);
    }
    expect(report.stampede).to.have.length(2 * cachedReadNames.length);
    expect(report.staleness.map(({ agesMs }) => agesMs.length)).to.deep.equal([3, 3, 3, 3, 3, 3]);
    const { answers, seenUncommitted, loadsAroundRollback } = report.transactions;
    expect(answers).to.be.above(0);
    expect(loadsAroundRollback).to.be.above(0);
    expect(seenUncommitted).to.equal(0);
  });
});
