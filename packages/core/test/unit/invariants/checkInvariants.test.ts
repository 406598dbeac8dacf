import { expect } from "chai";
import sinon from "sinon";
import { readConfig } from "../../../src/config/readConfig.ts";
import { checkInvariants, holdBoundMsOf } from "../../../src/invariants/checkInvariants.ts";
import { INVARIANTS } from "../../../src/invariants/invariantList.ts";
import type { Evidence, EvidenceStore } from "../../../src/ports/evidenceStore.ts";

const FINE: Evidence = { examined: 3, violations: [], violationCount: 0 };
const BROKEN: Evidence = {
  examined: 3,
  violations: [{ message: "the seat has two", ids: { seatId: 7 } }],
  violationCount: 1,
};

function fakeStore() {
  const answer = (): sinon.SinonStub => sinon.stub().resolves(FINE);
  return {
    seatsWithTwoLiveReservations: answer(),
    soldSeatsDisagreement: answer(),
    balanceDisagreement: answer(),
    paymentDisagreement: answer(),
    messagesMissingOrDoubled: answer(),
    messagesOutOfOrder: answer(),
    admissionsOverLimit: answer(),
    admissionsOutOfTurn: answer(),
    holdsOverdue: answer(),
    acknowledgedButLost: answer(),
  } satisfies EvidenceStore;
}

const secret = "s".repeat(32);
const { core: config } = readConfig({
  MYSQL_URL: "mysql://h/d",
  REDIS_URL: "redis://h",
  QUEUE_TOKEN_KEYS: `k:${secret}`,
  AUTH_JWT_SECRET: secret,
});

describe("the check of the invariants", () => {
  it("asks ten questions, I1 to I10, each once", async () => {
    const evidence = fakeStore();
    const report = await checkInvariants({ config, evidence });
    expect(report.holds).to.equal(true);
    expect(report.results.map((result) => result.id)).to.deep.equal(
      Array.from({ length: 10 }, (_unused, index) => `I${index + 1}`),
    );
    for (const question of Object.values(evidence)) expect(question.callCount).to.equal(1);
  });

  for (const { id } of INVARIANTS) {
    it(`does not hold when ${id} alone is broken, and hands its evidence on`, async () => {
      const evidence = fakeStore();
      const question = Object.values(evidence)[INVARIANTS.findIndex((one) => one.id === id)];
      question?.resolves(BROKEN);
      const report = await checkInvariants({ config, evidence });
      expect(report.holds).to.equal(false);
      expect(report.results.filter((one) => !one.holds)).to.deep.equal([
        {
          id,
          title: INVARIANTS.find((one) => one.id === id)?.title,
          holds: false,
          evidence: BROKEN,
        },
      ]);
    });
  }

  it("passes on what it was told, and states a bound for holds", async () => {
    const evidence = fakeStore();
    const acknowledged = { reservationIds: [1], paymentIds: [2], chargedByUser: new Map() };
    await checkInvariants({ config, evidence }, { acknowledged, drained: true, holdBoundMs: 5 });
    expect(evidence.messagesMissingOrDoubled.firstCall.args).to.deep.equal([{ drained: true }]);
    expect(evidence.holdsOverdue.firstCall.args).to.deep.equal([5]);
    expect(evidence.acknowledgedButLost.firstCall.args).to.deep.equal([acknowledged]);
    await checkInvariants({ config, evidence });
    expect(evidence.messagesMissingOrDoubled.secondCall.args).to.deep.equal([{ drained: false }]);
    expect(evidence.holdsOverdue.secondCall.args).to.deep.equal([holdBoundMsOf({ config })]);
    expect(holdBoundMsOf({ config })).to.equal(18_000);
  });

  it("gives no verdict when a question cannot be asked", async () => {
    const evidence = fakeStore();
    evidence.balanceDisagreement.rejects(new Error("away"));
    let failure: unknown;
    await checkInvariants({ config, evidence }).catch((error: unknown) => {
      failure = error;
    });
    expect(failure).to.be.instanceOf(Error).with.property("message", "away");
  });
});
