import { expect } from "chai";
import { describePayment, describeReservation } from "../../../src/payment/describeSale.ts";
import { refundPayment } from "../../../src/payment/refundPayment.ts";
import { releaseExpiredHolds } from "../../../src/reservation/releaseExpiredHolds.ts";
import { chargedUser, codeOf, failureOf, held, makeSale, paid } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

const WEEK_MS = 7 * 24 * 3_600_000;

describe("describeReservation", () => {
  const current = useMemoryCore();
  const seatIds = async () => (await makeSale(current().core, 2)).seatIds;
  const typesOf = async (reservationId: number) =>
    (await describeReservation(current().core, reservationId)).messages.map(({ type }) => type);

  it("shows an unpaid hold with its seats, and that it can be released", async () => {
    const { core } = current();
    const reservationId = await held(core, await chargedUser(core), await seatIds());
    const sale = await describeReservation(core, reservationId);
    expect(sale).to.deep.include({ payment: undefined, entries: [] });
    expect(sale.seats.map(({ status }) => status)).to.deep.equal(["HELD", "HELD"]);
    expect(sale.possible.operation).to.equal("reservation.release");
    current().clock.pass(core.config.hold.ttlMs + 1);
    const { possible } = await describeReservation(core, reservationId);
    expect(possible.operation).to.equal("reservation.expireOverdue");
    await releaseExpiredHolds(core);
    const over = await describeReservation(core, reservationId);
    expect(over.possible).to.deep.equal({
      ...{ operation: undefined, why: "EXPIRED is final: nothing can change it" },
    });
    expect(await typesOf(reservationId)).to.deep.equal(["reservation.held", "reservation.expired"]);
  });

  it("shows payment, ledger entries and messages in order, until the refund", async () => {
    const { core } = current();
    const userId = await chargedUser(core);
    const { reservationId, paymentId } = await paid(core, userId, await seatIds());
    const sale = await describePayment(core, paymentId);
    expect(sale.payment).to.include({ id: paymentId, status: "CAPTURED" });
    expect(sale.entries.map(({ kind }) => kind)).to.deep.equal(["SPEND"]);
    expect(sale.possible.operation).to.equal("payment.refund");
    await refundPayment(core, { userId, paymentId });
    const refunded = await describePayment(core, paymentId);
    expect(refunded.entries.map(({ kind }) => kind)).to.deep.equal(["SPEND", "REFUND"]);
    expect(refunded.possible.operation).to.equal(undefined);
    expect(await typesOf(reservationId)).to.deep.equal([
      ...["reservation.held", "reservation.confirmed", "reservation.refunded"],
      ...["payment.captured", "payment.refunded"],
    ]);
  });

  it("says that no refund is possible after the performance began", async () => {
    const { core } = current();
    const { paymentId } = await paid(core, await chargedUser(core), await seatIds());
    current().clock.pass(WEEK_MS);
    const { possible } = await describePayment(core, paymentId);
    expect(possible).to.include({ operation: undefined });
    expect(possible.why).to.include("has begun");
  });

  it("refuses an unknown reservation and an unknown payment", async () => {
    const { core } = current();
    expect(codeOf(await failureOf(describeReservation(core, 9)))).to.equal("RESERVATION_NOT_FOUND");
    expect(codeOf(await failureOf(describePayment(core, 9)))).to.equal("PAYMENT_NOT_FOUND");
  });
});
