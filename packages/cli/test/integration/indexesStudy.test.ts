import { type IndexRun, indexReportSchema } from "@onsale/simulator/study";
import { expect } from "chai";
import { runOnsale } from "../support/runOnsale.ts";

describe("onsale study indexes", function () {
  this.timeout(240_000);

  it("reads fewer rows with each index of the product, on the server of the test", async () => {
    const run = await runOnsale(["study", "indexes", "--quick", "--json"]);
    expect(run.code, run.stderr).to.equal(0);
    const runs: IndexRun[] = JSON.parse(run.stdout).data.runs;
    const report = indexReportSchema.parse({ schemaVersion: 1, runs });
    expect(report.runs[0]?.cases).to.have.length(5);
    for (const { name, variants, insert } of report.runs[0]?.cases ?? []) {
      const [without] = variants;
      const product = variants.at(-1);
      expect(product?.isProduct, name).to.equal(true);
      expect(product?.handlerReads, name).to.be.below((without?.handlerReads ?? 0) / 2);
      expect(product?.rowsReturned, name).to.equal(without?.rowsReturned).and.to.be.above(0);
      expect(product?.index?.bytes, name).to.be.above(0);
      expect(product?.plan, name).to.include("->");
      expect(insert.rows, name).to.be.above(0);
    }
  });

  it("refuses a number of rows that it cannot fill", async () => {
    const run = await runOnsale(["study", "indexes", "--rows", "12345"]);
    expect(run).to.include({ code: 2 });
    expect(run.stderr).to.include("multiples of 10000");
  });
});
