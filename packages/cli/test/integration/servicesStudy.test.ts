import { type ServicesReport, servicesReportSchema } from "@onsale/simulator/services";
import { expect } from "chai";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

describe("onsale study services", function () {
  this.timeout(240_000);
  let stack: TestStack;
  before(async () => {
    stack = await newTestStack({ migrated: false });
  });
  after(() => stack.drop());

  it("measures both worlds, finds every naive split, and drops its databases", async () => {
    const databases = "SHOW DATABASES LIKE 'onsale\\_services\\_%'";
    const before = await stack.query(databases);
    const run = await runOnsale(["study", "services", "--quick", "--json"], stack.env);
    expect(run.code, run.stderr).to.equal(0);
    const report: ServicesReport = servicesReportSchema.parse(JSON.parse(run.stdout).data);
    expect(report.sales.map(({ failedSeeds }) => failedSeeds)).to.deep.equal([0, 0, 0, 0]);
    for (const { failedSeeds, name } of report.naive) expect(failedSeeds, name).to.be.above(0);
    const [one, , two] = report.costs;
    expect(one?.transactions).to.equal(1);
    expect(two?.transactions).to.equal(3);
    expect(two?.deliveries).to.equal(2);
    const [alone, , split] = report.live;
    expect(alone).to.include({ isSplit: false, inFlight: 1, payments: 20 });
    expect(split).to.include({ isSplit: true, inFlight: 1, payments: 20 });
    expect(split?.ms.p50).to.be.above(alone?.ms.p50 ?? Number.POSITIVE_INFINITY);
    expect(await stack.query(databases)).to.have.length(before.length);
  });
});
