import { benchReportSchema } from "@onsale/simulator/bench";
import { expect } from "chai";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

/** The smallest size: one round of few operations. */
const TINY = ["--rounds", "1", "--operations", "40", "--in-flight", "8", "--json"];

describe("onsale bench", () => {
  let stack: TestStack;

  before(async () => {
    stack = await newTestStack({ migrated: false });
  });
  after(() => stack.drop());

  async function bench(...words: readonly string[]) {
    const { code, stdout, stderr } = await runOnsale(["bench", ...words, ...TINY], stack.env);
    expect(code, `${stderr}${stdout}`).to.equal(0);
    const [result] = benchReportSchema.parse(JSON.parse(stdout).data).benches;
    if (result === undefined) throw new Error("no result");
    for (const { product, yardstick } of result.comparisons) {
      for (const round of [...product.rounds, ...yardstick.rounds]) {
        expect(round.accepted + round.refused).to.equal(40);
        expect(round.failedBy).to.deep.equal({});
      }
      expect(product.cpuUs).to.include.keys("api", "load");
    }
    expect(result.invariants).to.have.length(10);
    return { result, stderr };
  }

  it("holds: compares accepted holds with V0, profiles the API, and removes its data", async () => {
    const { result, stderr } = await bench("holds", "--api-processes", "1", "--cpu-profile");
    const [saturated, alone] = result.comparisons;
    expect([saturated?.title, alone?.title]).to.deep.equal(["8 in flight", "1 in flight"]);
    expect(saturated?.product.rounds[0]?.accepted).to.equal(40);
    expect(result.profile?.packages.map(({ name }) => name)).to.include("node");
    expect(result.apiMemoryMb.end).to.have.length(1);
    expect(stderr).to.include("to go");
    const left = await stack.query("SHOW DATABASES LIKE 'onsale\\_bench\\_%'");
    expect(left).to.deep.equal([]);
  });

  for (const [name, yardstick, ...more] of [
    ["charges", "bare loop V0"],
    ["payments", "bare loop V0"],
    ["join", "bare Koa, one Redis GET"],
    ["status", "bare Koa, one Redis GET"],
    ["seats", "bare Koa, the same bytes", "--seats", "30"],
  ] as const) {
    it(`${name}: compares accepted requests with ${yardstick}`, async () => {
      const { result } = await bench(name, ...more);
      const [comparison] = result.comparisons;
      expect(comparison?.yardstick.name).to.equal(yardstick);
      expect(comparison?.yardstick.cpuUs).to.include.keys("yardstick");
      for (const side of [comparison?.product, comparison?.yardstick]) {
        expect(side?.rounds.map(({ accepted }) => accepted)).to.deep.equal([40]);
      }
    });
  }

  it("hot: counts refused and accepted holds apart", async () => {
    const { result } = await bench("hot");
    const [round] = result.comparisons[0]?.product.rounds ?? [];
    expect(round?.accepted).to.be.within(1, 40);
    const refused = Object.keys(round?.refusedBy ?? {});
    for (const reason of refused) expect(reason).to.match(/^409 SEAT_/);
  });

  it("crowd: measures holds and payments while buyers wait and poll", async () => {
    const { result } = await bench("crowd", "--waiting", "50");
    const titles = result.comparisons.map(({ title, product }) => `${title}, ${product.name}`);
    expect(titles).to.deep.equal(["holds at 100/s, 50 waiting", "payments at 100/s, 50 waiting"]);
    for (const { product } of result.comparisons) expect(product.rounds[0]?.accepted).to.equal(40);
    expect(result.notes?.[0]).to.match(/^50 waiting buyers polled .* 0 polls were refused/);
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
