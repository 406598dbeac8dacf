import { lockReportSchema } from "@onsale/simulator/locks";
import { expect } from "chai";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

describe("onsale sim locks", () => {
  let stack: TestStack;

  before(async () => {
    stack = await newTestStack({ migrated: false });
  });
  after(() => stack.drop());

  async function databases(): Promise<readonly unknown[]> {
    return stack.query("SHOW DATABASES LIKE 'onsale\\_locks\\_%'");
  }

  it("measures strategies on the servers and in virtual time, and drops its data", async () => {
    const before = await databases();
    const names = ["none", "redlock-decides", "pubsub", "groups"];
    const words = ["sim", "locks", "--strategies", names.join(","), "--json"];
    const sizes = ["--buyers", "40", "--runs", "2", "--seeds", "1"];
    const { code, stdout, stderr } = await runOnsale([...words, ...sizes], stack.env);
    expect(code, `${stderr}${stdout}`).to.equal(0);
    const { strategies, isComplete } = lockReportSchema.parse(JSON.parse(stdout).data);
    expect(isComplete).to.equal(true);
    expect(strategies.map(({ name }) => name)).to.deep.equal(names);
    for (const { name, isSafe, contention, stall } of strategies) {
      expect(contention.map(({ seats }) => seats)).to.deep.equal([1, 4]);
      const sold = contention.map(({ accepted, doubleSales }) => accepted - doubleSales);
      expect(sold, name).to.deep.equal([1, 4]);
      if (isSafe) expect(contention.map(({ doubleSales }) => doubleSales)).to.deep.equal([0, 0]);
      // A lock of Redis that decides sells twice as soon as the database stalls.
      expect((stall?.doubleSales ?? 0) > 0, name).to.equal(!isSafe);
    }
    expect(strategies[0]?.contention[0]?.doubleSales).to.be.greaterThan(0);
    expect(await databases()).to.have.length(before.length);
  }).timeout(120_000);

  it("names the strategies when one is unknown", async () => {
    const { code, stderr } = await runOnsale(["sim", "locks", "--strategies", "hope"], stack.env);
    expect(code).to.equal(2);
    expect(stderr).to.contain("There is no lock strategy hope").and.to.contain("pessimistic-read");
  });
});
