import { expect } from "chai";
import sinon from "sinon";
import { admitPayment } from "../../../src/payment/admitPayment.ts";
import type { ReservationStore } from "../../../src/ports/reservationStore.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { portOf } from "../../support/unitCore.ts";
import { active, NONE, NOW_MS, unitQueue, waiting } from "../../support/unitQueue.ts";

const RESERVATION_ID = 4;

/** A payer of user 9's, and the reservation that is there. */
function setUp(options: { owner?: number } = {}) {
  const { core, store, tokenOf } = unitQueue();
  const found = options.owner === undefined ? undefined : { userId: options.owner };
  const find = sinon.stub().resolves(found);
  const reservations = portOf<ReservationStore>({ find });
  const admit = (token = tokenOf()) =>
    admitPayment({ ...core, reservations }, token, RESERVATION_ID);
  return { store, find, tokenOf, admit };
}

describe("letting a buyer in to pay", () => {
  it("asks for no reservation while the turn lasts", async () => {
    const { store, find, admit } = setUp();
    store.place.resolves(active(9, 5));
    expect(await admit()).to.include({ userId: 9, activeUntilMs: NOW_MS + 5_000 });
    expect(find.callCount).to.equal(0);
  });

  const unproven = {
    "is over": NONE,
    "has not come": waiting(9, 5),
    "nobody can tell of": new DependencyUnavailableError("redis"),
  };
  for (const [what, answer] of Object.entries(unproven)) {
    it(`admits the buyer of the hold when the turn ${what}`, async () => {
      const { store, find, admit } = setUp({ owner: 9 });
      store.place.callsFake(async () => {
        if (answer instanceof Error) throw answer;
        return answer;
      });
      expect(await admit()).to.include({ userId: 9, queueId: "hall" });
      expect(find.args).to.deep.equal([[null, RESERVATION_ID]]);
    });
  }

  for (const owner of [undefined, 10]) {
    it(`refuses who shows ${owner === undefined ? "no reservation" : "another's"}`, async () => {
      const { store, admit } = setUp(owner === undefined ? {} : { owner });
      store.place.resolves(NONE);
      expect(codeOf(await failureOf(admit()))).to.equal("QUEUE_TOKEN_EXPIRED");
    });
  }

  it("refuses a token that does not count, whatever there is to pay", async () => {
    const { find, tokenOf, admit } = setUp({ owner: 9 });
    expect(codeOf(await failureOf(admit(tokenOf({ epoch: 2 }))))).to.equal("QUEUE_TOKEN_INVALID");
    expect(find.callCount).to.equal(0);
  });
});
