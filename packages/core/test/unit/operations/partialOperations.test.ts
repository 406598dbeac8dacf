import { expect } from "chai";
import { heldSeats, paidSeats, rowsOf } from "../../support/boughtSeats.ts";
import { codeOf, failureOf, type Sale, SEAT_PRICE } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { operationCases, planOf, runPlanned } from "../../support/operationCases.ts";

describe("operations on some seats of a reservation", () => {
  const current = useMemoryCore();
  let userId = 0;
  let reservationId = 0;
  let paymentId = 0;
  let sale: Sale;

  const reservation = () => current().core.reservations.find(null, reservationId);
  const everything = () => rowsOf(current().core, { userId, reservationId, sale });
  async function holdThree(): Promise<void> {
    ({ userId, reservationId, sale } = await heldSeats(current().core, 3));
  }
  async function payThree(): Promise<void> {
    ({ userId, reservationId, paymentId, sale } = await paidSeats(current().core, 3));
  }
  const refusalOf = async (name: string, input: object) =>
    codeOf(await failureOf(planOf(current(), name, input)));

  describe("reservation.release", () => {
    operationCases({
      operation: "reservation.release",
      current,
      read: everything,
      async prepare() {
        await holdThree();
        return { reservationId, seats: ["A-2", "A-3"] };
      },
      disturb: async () => {
        const input = { reservationId, seats: ["A-1"] };
        await runPlanned(current(), await planOf(current(), "reservation.release", input));
      },
      async expectDone() {
        const found = await reservation();
        expect(found).to.include({ status: "PENDING", amount: SEAT_PRICE, version: 2 });
        expect(found?.seats.map(({ seatNo }) => seatNo)).to.deep.equal(["A-1"]);
      },
    });

    it("ends the hold when it names all of its seats", async () => {
      await holdThree();
      const input = { reservationId, seats: ["A-3", "A-1", "A-2"] };
      await runPlanned(current(), await planOf(current(), "reservation.release", input));
      expect(await reservation()).to.include({ status: "CANCELLED", version: 2 });
    });

    it("refuses seats that the reservation does not have, a seat twice, and no seat", async () => {
      await holdThree();
      const refused = (seats: readonly string[]) =>
        refusalOf("reservation.release", { reservationId, seats });
      expect(await refused(["A-1", "B-7"])).to.equal("SEAT_NOT_IN_RESERVATION");
      expect(await refused(["A-1", "A-1"])).to.equal("INVALID_INPUT");
      expect(await refused([])).to.equal("INVALID_INPUT");
    });
  });

  describe("payment.refund", () => {
    operationCases({
      operation: "payment.refund",
      current,
      read: everything,
      async prepare() {
        await payThree();
        return { paymentId, seats: ["A-2"] };
      },
      disturb: async () => {
        const input = { paymentId, seats: ["A-1"] };
        await runPlanned(current(), await planOf(current(), "payment.refund", input));
      },
      async expectDone() {
        const found = await reservation();
        expect(found).to.include({ status: "CONFIRMED", amount: 2 * SEAT_PRICE, version: 3 });
        const payment = await current().core.payments.find(null, paymentId);
        expect(payment).to.include({ status: "CAPTURED", partlyRefunded: SEAT_PRICE });
      },
    });

    it("refunds the rest when it names all seats that are left", async () => {
      await payThree();
      for (const seats of [["A-2"], ["A-1", "A-3"]]) {
        const input = { paymentId, seats };
        const planned = await planOf(current(), "payment.refund", input);
        await runPlanned(current(), planned);
      }
      expect(await reservation()).to.include({ status: "REFUNDED" });
    });
  });
});
