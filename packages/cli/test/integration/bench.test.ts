import { expect } from "chai";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

describe("onsale bench holds", () => {
  let stack: TestStack;

  before(async () => {
    stack = await newTestStack({ migrated: false });
  });
  after(() => stack.drop());

  it("compares the API with the bare loop, profiles it, and drops its database", async () => {
    const words = ["bench", "holds", "--rounds", "1", "--holds", "100", "--api-processes", "1"];
    const { code, stdout, stderr } = await runOnsale(
      [...words, "--cpu-profile", "--json"],
      stack.env,
    );
    expect(code, stderr).to.equal(0);
    const { data } = JSON.parse(stdout);
    const [bare, api] = data.variants;
    expect([bare.name, api.name]).to.deep.equal(["V0", "1"]);
    for (const { rounds } of data.variants) {
      expect(rounds).to.have.length(1);
      expect(rounds[0].accepted + rounds[0].refused).to.equal(100);
      expect(rounds[0].accepted).to.be.greaterThan(0);
      expect(rounds[0].failed, rounds[0].firstFailure).to.equal(0);
    }
    const ratio = api.rounds[0].acceptedPerSecond / bare.rounds[0].acceptedPerSecond;
    expect(api.ratio.median).to.be.closeTo(ratio, 1e-9);
    expect(api.paced.accepted + api.paced.refused).to.equal(100);
    const packages = data.profile.packages.map((one: { name: string }) => one.name);
    expect(packages).to.include("sequelize").and.include("@onsale/core");
    const left = await stack.query(`SHOW DATABASES LIKE '${data.database}'`);
    expect(left).to.deep.equal([]);
  });
});

describe("onsale bench invariants", () => {
  let stack: TestStack;

  before(async () => {
    stack = await newTestStack({ migrated: false });
  });
  after(() => stack.drop());

  it("checks a sale of the requested size, and drops its database", async () => {
    const words = ["bench", "invariants", "--reservations", "200", "--json"];
    const { code, stdout, stderr } = await runOnsale(words, stack.env);
    expect(code, stderr).to.equal(0);
    const { data } = JSON.parse(stdout);
    const rowsRead = Object.fromEntries(
      data.report.results.map(({ id, rowsRead }: { id: string; rowsRead: number }) => [
        id,
        rowsRead,
      ]),
    );
    expect(data.report.holds).to.equal(true);
    expect(rowsRead).to.include({ I9: 200, I7: 101 });
    expect(data.peakMib).to.be.at.least(data.idleMib);
    expect(await stack.query(`SHOW DATABASES LIKE '${data.database}'`)).to.deep.equal([]);
  });
});
