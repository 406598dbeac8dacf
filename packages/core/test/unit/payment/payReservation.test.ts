import { expect } from "chai";
import sinon from "sinon";
import { payReservation } from "../../../src/payment/payReservation.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import type { LedgerStore } from "../../../src/ports/ledgerStore.ts";
import type { PaymentStore } from "../../../src/ports/paymentStore.ts";
import type { QueueStore } from "../../../src/ports/queueStore.ts";
import type { Reservation, ReservationStore } from "../../../src/ports/reservationStore.ts";
import type { SeatStore } from "../../../src/ports/seatStore.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { portOf, unitCore, unitTx } from "../../support/unitCore.ts";

const PENDING: Reservation = {
  id: 4,
  userId: 9,
  performanceId: 5,
  queueId: "main",
  performanceStartsAt: new Date(0),
  status: "PENDING",
  amount: 300,
  expiresAt: new Date(0),
  createdAt: new Date(0),
  version: 1,
  seats: [{ seatId: 1, seatNo: "A-1", price: 300 }],
  overdue: false,
};

function setUp(options: { confirmed?: boolean; covered?: boolean; commit?: Error } = {}) {
  const { confirmed = true, covered = true } = options;
  const stubs = {
    find: sinon.stub().resolves(PENDING),
    confirm: sinon.stub().resolves(confirmed),
    post: sinon.stub().resolves(covered ? { balanceAfter: 70, accountVersion: 6 } : undefined),
    balanceOf: sinon.stub().resolves(20),
    sell: sinon.stub().resolves(1),
    insert: sinon.stub().resolves(),
    append: sinon.stub().resolves(),
    leave: sinon.stub().resolves({ status: "ENDED", ended: undefined }),
    claim: sinon.stub().resolves({ state: "claimed" }),
    finish: sinon.stub().resolves(),
  };
  const { find, confirm, post, balanceOf, insert, append, leave, claim, finish } = stubs;
  const core = unitCore({
    reservations: portOf<ReservationStore>({ find, confirm }),
    ledger: portOf<LedgerStore>({ post, balanceOf }),
    seats: portOf<SeatStore>({ confirm: stubs.sell }),
    payments: portOf<PaymentStore>({ insert }),
    outbox: portOf<CoreContext["outbox"]>({ append }),
    queue: portOf<QueueStore>({ leave }),
    idempotency: portOf<CoreContext["idempotency"]>({ claim, finish }),
    async withTransaction(work) {
      const value = await work(unitTx);
      if (options.commit) throw options.commit;
      return value;
    },
  });
  const run = (more: { userId?: number; idempotency?: { key: string } } = {}) =>
    payReservation(core, { userId: 9, reservationId: 4, ...more });
  return { ...stubs, run };
}

describe("paying a reservation", () => {
  it("charges the price that the hold fixed, under a key that can be spent once", async () => {
    const { run, post } = setUp();
    const { value } = await run();
    expect(post.firstCall.args).to.deep.equal([
      unitTx,
      {
        userId: 9,
        kind: "SPEND",
        amount: 300,
        entryKey: "spend:reservation:4",
        reservationId: 4,
      },
    ]);
    expect(value).to.include({ paymentId: 17, price: 300, currentPoints: 70, status: "CAPTURED" });
  });

  it("tells of reservation, points and payment, each with its version", async () => {
    const { run, append } = setUp();
    await run();
    const [, messages] = append.firstCall.args;
    expect(
      messages.map((message: Record<string, unknown>) => [
        message.type,
        message.aggregateId,
        message.aggregateVersion,
      ]),
    ).to.deep.equal([
      ["reservation.confirmed", 4, 2],
      ["point-account.spent", 9, 6],
      ["payment.captured", 17, 1],
    ]);
  });

  it("gives the active slot back after the commit", async () => {
    const { run, leave } = setUp();
    await run();
    expect(leave.args).to.deep.equal([["main", 9, "PAID"]]);
  });

  it("keeps the slot when the commit fails", async () => {
    const commit = new Error("lost");
    const { run, leave } = setUp({ commit });
    expect(await failureOf(run())).to.equal(commit);
    expect(leave.called).to.equal(false);
  });

  it("does nothing at all for an answer that was given before", async () => {
    const { run, claim, confirm, leave } = setUp();
    const answer = {
      paymentId: 3,
      reservationId: 4,
      status: "CAPTURED",
      price: 300,
      seats: [],
      currentPoints: 1,
      queueId: "main",
    };
    claim.callsFake(async (_tx, _key, fingerprint) => ({ state: "finished", fingerprint, answer }));
    expect(await run({ idempotency: { key: "k" } })).to.deep.equal({
      value: answer,
      replayed: true,
    });
    expect(confirm.called || leave.called).to.equal(false);
  });

  it("says what is owed and what is there when the balance does not cover it", async () => {
    const { run, insert, leave } = setUp({ covered: false });
    const failure = await failureOf(run());
    expect(codeOf(failure)).to.equal("INSUFFICIENT_POINTS");
    expect(failure).to.deep.include({ details: { required: 300, balance: 20 } });
    expect(insert.called || leave.called).to.equal(false);
  });

  const refusals: readonly (readonly [string, Partial<Reservation>])[] = [
    ["HOLD_EXPIRED", { overdue: true }],
    ["HOLD_EXPIRED", { status: "EXPIRED" }],
    ["RESERVATION_STATE_CONFLICT", { status: "CANCELLED" }],
    ["RESERVATION_STATE_CONFLICT", { status: "CONFIRMED" }],
    ["RESERVATION_STATE_CONFLICT", { status: "REFUNDED" }],
  ];
  for (const [code, more] of refusals) {
    it(`says ${code} for one that is ${more.status ?? "overdue"}`, async () => {
      const { run, find, post } = setUp({ confirmed: false });
      find.onSecondCall().resolves({ ...PENDING, ...more });
      expect(codeOf(await failureOf(run()))).to.equal(code);
      expect(post.called).to.equal(false);
    });
  }

  it("is refused for a reservation that is not there or not the caller's", async () => {
    const { run, find, confirm } = setUp();
    expect(codeOf(await failureOf(run({ userId: 8 })))).to.equal("RESERVATION_NOT_YOURS");
    find.resolves(undefined);
    expect(codeOf(await failureOf(run()))).to.equal("RESERVATION_NOT_FOUND");
    expect(confirm.called).to.equal(false);
  });

  it("takes a confirmed hold that lost a seat for our bug, and commits nothing", async () => {
    const { run, sell, leave } = setUp();
    sell.resolves(0);
    expect(await failureOf(run())).to.have.property("name", "AssertionError");
    expect(leave.called).to.equal(false);
  });
});
