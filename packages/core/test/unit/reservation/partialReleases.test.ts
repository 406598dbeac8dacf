import { besideOpen, expectWaiting } from "@onsale/conformance/transactionRace";
import { expect } from "chai";
import { payReservation } from "../../../src/payment/payReservation.ts";
import { refundPayment } from "../../../src/payment/refundPayment.ts";
import { refundSeatsInside } from "../../../src/payment/refundSeats.ts";
import { cancelReservation } from "../../../src/reservation/cancelReservation.ts";
import { cancelSeats, cancelSeatsInside } from "../../../src/reservation/cancelSeats.ts";
import { releaseExpiredHolds } from "../../../src/reservation/releaseExpiredHolds.ts";
import { cancelSeatsCases } from "../../support/cancelSeatsCases.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  held,
  makeSale,
  newUserId,
  paid,
} from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { partialReleaseCases } from "../../support/partialReleaseCases.ts";

describe("seats that leave a reservation before its end", () => {
  partialReleaseCases(useMemoryCore());
});

describe("cancelSeats", () => {
  const current = useMemoryCore();
  cancelSeatsCases(current);

  it("refuses a hold that has expired, before and after the worker has ended it", async () => {
    const { core, clock } = current();
    const { seatIds } = await makeSale(core, 2);
    const userId = newUserId();
    const reservationId = await held(core, userId, seatIds);
    clock.pass(core.config.hold.ttlMs);
    const one = { userId, reservationId, seatIds: seatIds.slice(0, 1) };
    expect(codeOf(await failureOf(cancelSeats(core, one)))).to.equal("HOLD_EXPIRED");
    await releaseExpiredHolds(core);
    expect(codeOf(await failureOf(cancelSeats(core, one)))).to.equal("HOLD_EXPIRED");
    const all = { userId, reservationId, seatIds };
    expect(codeOf(await failureOf(cancelSeats(core, all)))).to.equal("HOLD_EXPIRED");
  });
});

describe("a reservation that an open transaction makes smaller", () => {
  const current = useMemoryCore();
  let userId: number;
  let seatIds: readonly number[];
  beforeEach("makes a buyer and a sale", async () => {
    userId = await chargedUser(current().core);
    seatIds = (await makeSale(current().core, 2)).seatIds;
  });

  it("cannot be paid at the price that the buyer has read before", async () => {
    const { core } = current();
    const reservationId = await held(core, userId, seatIds);
    const { waiting } = await besideOpen(current().another(), async ({ act, end }) => {
      await act((operator, tx) =>
        cancelSeatsInside(operator, tx, { reservationId, seatIds: seatIds.slice(0, 1) }),
      );
      const pays = payReservation(core, { userId, reservationId });
      const waiting = failureOf(pays);
      await expectWaiting(core, pays);
      await end("commit");
      return { waiting };
    });
    expect(codeOf(await waiting)).to.equal("RESERVATION_CHANGED");
    const { value } = await payReservation(core, { userId, reservationId });
    expect(value.seats).to.have.length(1);
  });

  it("is cancelled with the seats that are left", async () => {
    const { core } = current();
    const reservationId = await held(core, userId, seatIds);
    const { cancels } = await besideOpen(current().another(), async ({ act, end }) => {
      await act((operator, tx) =>
        cancelSeatsInside(operator, tx, { reservationId, seatIds: seatIds.slice(0, 1) }),
      );
      const cancels = cancelReservation(core, { userId, reservationId });
      await expectWaiting(core, cancels);
      await end("commit");
      return { cancels };
    });
    await cancels;
    expect(await core.reservations.find(null, reservationId)).to.include({
      ...{ status: "CANCELLED", version: 3 },
    });
  });

  it("cannot be refunded at the price that was read before", async () => {
    const { core } = current();
    const { paymentId } = await paid(core, userId, seatIds);
    const { waiting } = await besideOpen(current().another(), async ({ act, end }) => {
      await act((operator, tx) =>
        refundSeatsInside(operator, tx, { paymentId, seatIds: seatIds.slice(0, 1) }),
      );
      const refunds = refundPayment(core, { userId, paymentId });
      const waiting = failureOf(refunds);
      await expectWaiting(core, refunds);
      await end("commit");
      return { waiting };
    });
    expect(codeOf(await waiting)).to.equal("RESERVATION_CHANGED");
    await refundPayment(core, { userId, paymentId });
  });
});
