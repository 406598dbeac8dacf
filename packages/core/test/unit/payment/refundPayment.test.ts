import { expect } from "chai";
import sinon from "sinon";
import { refundPayment } from "../../../src/payment/refundPayment.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import type { LedgerStore } from "../../../src/ports/ledgerStore.ts";
import type { PaymentStore } from "../../../src/ports/paymentStore.ts";
import type { ReservationStore } from "../../../src/ports/reservationStore.ts";
import type { SeatStore } from "../../../src/ports/seatStore.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { portOf, unitCore } from "../../support/unitCore.ts";

const clock = fakeClock();

function setUp(startsInMs = 1) {
  const seat = { seatId: 1, seatNo: "A-1", price: 300 };
  const payment = { id: 3, reservationId: 4, userId: 9, amount: 300, version: 1 };
  const reservation = {
    id: 4,
    userId: 9,
    performanceId: 5,
    amount: 300,
    version: 2,
    seats: [seat],
    performanceStartsAt: new Date(clock.nowMs() + startsInMs),
  };
  const stubs = {
    findPayment: sinon.stub().resolves(payment),
    refundRow: sinon.stub().resolves(true),
    refundReservation: sinon.stub().resolves(true),
    post: sinon.stub().resolves({ balanceAfter: 350, accountVersion: 8 }),
    release: sinon.stub().resolves(1),
    append: sinon.stub().resolves(),
  };
  const core = unitCore({
    clock,
    payments: portOf<PaymentStore>({ find: stubs.findPayment, refund: stubs.refundRow }),
    reservations: portOf<ReservationStore>({
      find: sinon.stub().resolves(reservation),
      refund: stubs.refundReservation,
    }),
    ledger: portOf<LedgerStore>({ post: stubs.post }),
    seats: portOf<SeatStore>({ release: stubs.release }),
    outbox: portOf<CoreContext["outbox"]>({ append: stubs.append }),
  });
  return { ...stubs, run: (userId = 9) => refundPayment(core, { userId, paymentId: 3 }) };
}

describe("refunding a payment", () => {
  it("gives back what was paid, and tells of all three changes", async () => {
    const { run, post, release, append } = setUp();
    const { value } = await run();
    expect(value).to.include({ status: "REFUNDED", refunded: 300, currentPoints: 350 });
    expect(post.firstCall.args[1]).to.include({
      kind: "REFUND",
      amount: 300,
      entryKey: "refund:reservation:4",
    });
    expect(release.firstCall.args.slice(1)).to.deep.equal([4, "SOLD"]);
    const [, messages] = append.firstCall.args;
    expect(messages.map((message: Record<string, unknown>) => message.type)).to.deep.equal([
      "reservation.refunded",
      "point-account.refunded",
      "payment.refunded",
    ]);
  });

  it("is over when the show begins, up to the millisecond", async () => {
    const { run, refundReservation } = setUp(0);
    expect(codeOf(await failureOf(run()))).to.equal("PERFORMANCE_STARTED");
    expect(refundReservation.called).to.equal(false);
  });

  it("is the payer's alone, and possible once", async () => {
    const { run, findPayment, refundReservation, post } = setUp();
    expect(codeOf(await failureOf(run(8)))).to.equal("PAYMENT_NOT_YOURS");
    refundReservation.resolves(false);
    expect(codeOf(await failureOf(run()))).to.equal("PAYMENT_ALREADY_REFUNDED");
    findPayment.resolves(undefined);
    expect(codeOf(await failureOf(run()))).to.equal("PAYMENT_NOT_FOUND");
    expect(post.called).to.equal(false);
  });

  it("is refused when the balance would pass its limit", async () => {
    const { run, post, release } = setUp();
    post.resolves(undefined);
    expect(codeOf(await failureOf(run()))).to.equal("BALANCE_LIMIT");
    expect(release.called).to.equal(false);
  });
});
