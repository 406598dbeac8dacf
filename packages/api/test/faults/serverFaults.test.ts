import { expect } from "chai";
import { ClientsUnderFault } from "./clientsUnderFault.ts";

/** The answers that a client may get while the server is down; every other answer is a bug. */
const EXPECTED = {
  mysql: { join: 200, status: 200, reserve: 503, charge: 503, points: 503, pay: 503 },
  redis: { join: 503, status: 503, reserve: 200, charge: 200, points: 200, pay: 200 },
  kafka: { join: 200, status: 200, reserve: 200, charge: 200, points: 200, pay: 200 },
} as const;

/** The bound is one second; the rest is what two busy cores add to the measurement. */
const ANSWER_MS_MAX = 1_500;

describe("the API while a server is down", () => {
  const clients = new ClientsUnderFault();

  before("starts private servers, an API, a worker and clients", async function () {
    this.timeout(120_000);
    await clients.start();
  });

  after("stops everything", async function () {
    this.timeout(60_000);
    await clients.stop();
  });

  for (const server of ["mysql", "redis", "kafka"] as const) {
    for (const fault of ["kill", "pause"] as const) {
      const name = fault === "kill" ? "killed" : "frozen";
      it(`answers within one second and recovers by itself: ${server} ${name}`, async function () {
        this.timeout(90_000);
        const buyer = await clients.readyBuyer();
        await clients.inject(server, fault);
        await clients.seenDown(server);
        const answers = await clients.tryEverything(buyer);
        const statuses = Object.fromEntries(answers.map(({ call, status }) => [call, status]));
        expect(statuses).to.deep.equal(EXPECTED[server]);
        for (const { call, status, ms, retryAfter } of answers) {
          expect(ms, `${call} took ${ms} ms`).to.be.below(ANSWER_MS_MAX);
          if (status === 503)
            expect(retryAfter, `${call} says when to come back`).to.match(/^\d+$/);
        }
        await clients.endFault(server, fault);
        await clients.recovered();
        expect(clients.badAnswers(), "answers that no client should see").to.deep.equal([]);
        expect(clients.slowestMs(), "slowest answer, ms").to.be.below(ANSWER_MS_MAX);
      });
    }
  }

  it("loses no acknowledged write, and keeps every invariant", async function () {
    this.timeout(90_000);
    const report = await clients.checkInvariants();
    const broken = report.results.filter((result) => !result.holds);
    expect(JSON.stringify(broken, null, 1)).to.equal("[]");
    expect(clients.acknowledgedCount(), "acknowledged writes").to.be.above(100);
  });
});
