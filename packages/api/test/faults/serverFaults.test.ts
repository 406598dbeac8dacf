import { expect } from "chai";
import { CrowdUnderFault } from "./crowdUnderFault.ts";

/** What a client may see of each call while the server is away; everything else is a defect. */
const EXPECTED = {
  mysql: { join: 200, status: 200, reserve: 503, charge: 503, points: 503, pay: 503 },
  redis: { join: 503, status: 503, reserve: 200, charge: 200, points: 200, pay: 200 },
  kafka: { join: 200, status: 200, reserve: 200, charge: 200, points: 200, pay: 200 },
} as const;

/** The contract says a second; the rest is what two busy cores add to the measurement. */
const ANSWER_MS_MAX = 1_500;

describe("the API while a server is away", () => {
  const crowd = new CrowdUnderFault();

  before("starts servers of its own, an API, a worker and a crowd", async function () {
    this.timeout(120_000);
    await crowd.start();
  });

  after("stops all of it", async function () {
    this.timeout(60_000);
    await crowd.stop();
  });

  for (const server of ["mysql", "redis", "kafka"] as const) {
    for (const fault of ["kill", "pause"] as const) {
      const name = fault === "kill" ? "killed" : "frozen";
      it(`answers within a second and recovers by itself: ${server} ${name}`, async function () {
        this.timeout(90_000);
        const buyer = await crowd.readyBuyer();
        await crowd.harm(server, fault);
        await crowd.seenDown(server);
        const answers = await crowd.tryEverything(buyer);
        const statuses = Object.fromEntries(answers.map(({ call, status }) => [call, status]));
        expect(statuses).to.deep.equal(EXPECTED[server]);
        for (const { call, status, ms, retryAfter } of answers) {
          expect(ms, `${call} took ${ms} ms`).to.be.below(ANSWER_MS_MAX);
          if (status === 503)
            expect(retryAfter, `${call} says when to come back`).to.match(/^\d+$/);
        }
        await crowd.heal(server, fault);
        await crowd.allWell();
        expect(crowd.badAnswers(), "answers that no client should see").to.deep.equal([]);
        expect(crowd.slowestMs(), "slowest answer, ms").to.be.below(ANSWER_MS_MAX);
      });
    }
  }

  it("has kept every promise that was acknowledged in between", async function () {
    this.timeout(90_000);
    const report = await crowd.verdict();
    const broken = report.results.filter((result) => !result.holds);
    expect(JSON.stringify(broken, null, 1)).to.equal("[]");
    expect(crowd.acknowledgedCount(), "acknowledged writes").to.be.above(100);
  });
});
