import { eventsReportSchema, SLOW_MS } from "@onsale/simulator/study";
import { expect } from "chai";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

describe("onsale study events", () => {
  let stack: TestStack;

  before(async () => {
    stack = await newTestStack({ migrated: false });
  });
  after(() => stack.drop());

  it("shows which buyers wait for the notifier, and which see its failure", async () => {
    const { code, stdout, stderr } = await runOnsale(
      ["study", "events", "--quick", "--json"],
      stack.env,
    );
    expect(code, `${stderr}${stdout}`).to.equal(0);
    const { cells, buyers } = eventsReportSchema.parse(JSON.parse(stdout).data);
    expect(cells).to.have.length(18);
    for (const { way, notifier, refused, committedThoughRefused, p50Ms } of cells) {
      const isFelt = way !== "kafka";
      const name = `${way} ${notifier}`;
      expect(refused, name).to.equal(isFelt && notifier === "failing" ? buyers : 0);
      if (notifier === "slow") expect(p50Ms >= SLOW_MS - 100, name).to.equal(isFelt);
      const isSeen = way === "in-process" && notifier === "failing";
      expect(committedThoughRefused, name).to.equal(isSeen ? buyers : 0);
    }
  }).timeout(200_000);
});
