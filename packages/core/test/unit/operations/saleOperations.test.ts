import { expect } from "chai";
import { planUndo } from "../../../src/operations/undoOperation.ts";
import { payReservation } from "../../../src/payment/payReservation.ts";
import { refundPayment } from "../../../src/payment/refundPayment.ts";
import { cancelReservation } from "../../../src/reservation/cancelReservation.ts";
import { releaseExpiredHolds } from "../../../src/reservation/releaseExpiredHolds.ts";
import { heldSeats, paidSeats, rowsOf } from "../../support/boughtSeats.ts";
import {
  codeOf,
  failureOf,
  held,
  makeSale,
  newUserId,
  type Sale,
  SEAT_PRICE,
} from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import {
  actingAfterCheck,
  operationCases,
  planOf,
  runPlanned,
} from "../../support/operationCases.ts";

describe("operations on sold and held seats", () => {
  const current = useMemoryCore();
  let userId = 0;
  let reservationId = 0;
  let paymentId = 0;
  let sale: Sale;

  const seats = () => current().core.seats.ofPerformance(null, sale.performanceId);
  const seatStates = async () => (await seats()).map(({ status }) => status);
  const statusOf = async () =>
    (await current().core.reservations.find(null, reservationId))?.status;
  const everything = () => rowsOf(current().core, { userId, reservationId, sale });
  async function holdTwo(): Promise<void> {
    ({ userId, reservationId, sale } = await heldSeats(current().core, 2));
  }
  async function payTwo(): Promise<void> {
    ({ userId, reservationId, paymentId, sale } = await paidSeats(current().core, 2));
  }
  async function expectNoUndo(auditId: number | undefined): Promise<void> {
    const failure = await failureOf(planUndo(current().core, auditId ?? 0));
    expect(codeOf(failure)).to.equal("CANNOT_UNDO");
    expect(failure).to.have.property("message").that.includes("other buyers");
  }

  describe("reservation.release", () => {
    operationCases({
      operation: "reservation.release",
      current,
      read: everything,
      async prepare() {
        await holdTwo();
        return { reservationId };
      },
      disturb: async () => current().clock.pass(current().core.config.hold.ttlMs + 1),
      async expectDone({ auditId }) {
        expect(await statusOf()).to.equal("CANCELLED");
        expect(await seatStates()).to.deep.equal(["AVAILABLE", "AVAILABLE", "AVAILABLE"]);
        const record = await current().core.operations.findAudit(null, auditId ?? 0);
        expect(record?.after).to.include({ status: "CANCELLED" });
      },
    });

    it("is refused for a paid reservation, with its payment", async () => {
      await payTwo();
      const failure = await failureOf(planOf(current(), "reservation.release", { reservationId }));
      expect(codeOf(failure)).to.equal("RESERVATION_PAID");
      expect(failure).to.have.nested.property("details.paymentId", paymentId);
    });

    it("is refused for a reservation that has ended, and for an unknown one", async () => {
      await holdTwo();
      await cancelReservation(current().core, { userId, reservationId });
      const over = planOf(current(), "reservation.release", { reservationId });
      expect(codeOf(await failureOf(over))).to.equal("RESERVATION_STATE_CONFLICT");
      const none = planOf(current(), "reservation.release", { reservationId: 999_999 });
      expect(codeOf(await failureOf(none))).to.equal("RESERVATION_NOT_FOUND");
    });

    it("fails and keeps the seats when the buyer pays after the plan was checked", async () => {
      await holdTwo();
      const planned = await planOf(current(), "reservation.release", { reservationId });
      const pay = () => payReservation(current().another(), { userId, reservationId });
      const report = await runPlanned(actingAfterCheck(current(), pay), planned);
      expect(report).to.include({ status: "FAILED", changed: 0 });
      expect(await seatStates()).to.deep.equal(["SOLD", "SOLD", "AVAILABLE"]);
    });

    it("has no undo", async () => {
      await holdTwo();
      const planned = await planOf(current(), "reservation.release", { reservationId });
      await expectNoUndo((await runPlanned(current(), planned)).auditId);
    });
  });

  describe("reservation.expireOverdue", () => {
    const holdIds: number[] = [];
    /** Five holds of five buyers that have just expired. */
    async function makeOverdue(): Promise<void> {
      holdIds.length = 0;
      sale = await makeSale(current().core, 6);
      for (const seatId of sale.seatIds.slice(0, 5)) {
        holdIds.push(await held(current().core, newUserId(), [seatId]));
      }
      current().clock.pass(current().core.config.hold.ttlMs + 1);
      await held(current().core, newUserId(), sale.seatIds.slice(5));
    }
    const statuses = async () => {
      const found = holdIds.map((id) => current().core.reservations.find(null, id));
      return (await Promise.all(found)).map((one) => one?.status);
    };

    operationCases({
      operation: "reservation.expireOverdue",
      current,
      read: async () => [await seats(), await statuses()],
      async prepare() {
        await makeOverdue();
        return {};
      },
      disturb: () => releaseExpiredHolds(current().core),
      async expectDone({ auditId }) {
        expect(await statuses()).to.deep.equal(Array(5).fill("EXPIRED"));
        expect(await seatStates()).to.deep.equal([...Array(5).fill("AVAILABLE"), "HELD"]);
        expect(auditId).to.be.above(0);
      },
    });

    it("stops at --max, and the same job ends the rest", async () => {
      await makeOverdue();
      const planned = await planOf(current(), "reservation.expireOverdue", {});
      expect(planned.plan).to.include({ count: 5 });
      const first = await runPlanned(current(), planned, { max: 2 });
      expect(first).to.include({ status: "STOPPED", changed: 2 });
      const ended = (await statuses()).filter((status) => status === "EXPIRED");
      expect(ended).to.have.length(2);
      const second = await runPlanned(current(), planned);
      expect(second).to.include({ status: "DONE", changed: 5 });
    });

    it("has no undo", async () => {
      await makeOverdue();
      const planned = await planOf(current(), "reservation.expireOverdue", {});
      await expectNoUndo((await runPlanned(current(), planned)).auditId);
    });
  });

  describe("payment.refund", () => {
    const balance = () => current().core.ledger.balanceOf(null, userId);

    operationCases({
      operation: "payment.refund",
      current,
      read: everything,
      async prepare() {
        await payTwo();
        return { paymentId };
      },
      disturb: () => postpone(),
      async expectDone() {
        expect(await statusOf()).to.equal("REFUNDED");
        expect(await balance()).to.equal(100 * SEAT_PRICE);
        expect(await seatStates()).to.deep.equal(["AVAILABLE", "AVAILABLE", "AVAILABLE"]);
        const found = await current().core.payments.find(null, paymentId);
        expect(found).to.include({ status: "REFUNDED" });
        const entries = await current().core.ledger.entriesOf(null, userId, { limit: 10 });
        expect(entries.filter(({ kind }) => kind === "REFUND")).to.have.length(1);
      },
    });

    async function postpone(): Promise<void> {
      const { catalog, withTransaction } = current().core;
      const before = await catalog.findPerformance(null, sale.performanceId);
      if (!before) throw new Error("the performance exists");
      const startsAt = new Date(before.startsAt.getTime() + 3_600_000);
      await withTransaction((tx) =>
        catalog.updatePerformance(tx, sale.performanceId, { ...before, startsAt }),
      );
    }

    it("is refused for a refunded or unknown payment, or after the performance began", async () => {
      await payTwo();
      await refundPayment(current().core, { userId, paymentId });
      const again = planOf(current(), "payment.refund", { paymentId });
      expect(codeOf(await failureOf(again))).to.equal("PAYMENT_ALREADY_REFUNDED");
      const none = planOf(current(), "payment.refund", { paymentId: 999_999 });
      expect(codeOf(await failureOf(none))).to.equal("PAYMENT_NOT_FOUND");
      await payTwo();
      current().clock.pass(8 * 24 * 3_600_000);
      const late = planOf(current(), "payment.refund", { paymentId });
      expect(codeOf(await failureOf(late))).to.equal("PERFORMANCE_STARTED");
    });

    it("posts no second entry when the buyer refunds after the plan was checked", async () => {
      await payTwo();
      const planned = await planOf(current(), "payment.refund", { paymentId });
      const refund = () => refundPayment(current().another(), { userId, paymentId });
      const report = await runPlanned(actingAfterCheck(current(), refund), planned);
      expect(report).to.include({ status: "DONE", changed: 0 });
      expect(await balance()).to.equal(100 * SEAT_PRICE);
    });

    it("has no undo", async () => {
      await payTwo();
      const planned = await planOf(current(), "payment.refund", { paymentId });
      await expectNoUndo((await runPlanned(current(), planned)).auditId);
    });
  });
});
