import type { CoreContext } from "@onsale/core";
import { expect } from "chai";
import { type Act, answerAfterWaiting, committed, ENDS, failureOf } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { heldSeat, MINUTE_MS, newUserId } from "./show.ts";

const UNKNOWN_ID = 999_999_999;

interface NewPayment {
  readonly id: number;
  readonly reservationId: number;
  readonly userId: number;
  readonly amount: number;
}

const capture =
  (payment: NewPayment): Act<void> =>
  ({ payments }, tx) =>
    payments.insert(tx, payment);
const refund =
  (id: number, version = 1): Act<boolean> =>
  ({ payments }, tx) =>
    payments.refund(tx, id, version);
const refundPart =
  (id: number, version: number, amount: number): Act<boolean> =>
  ({ payments }, tx) =>
    payments.refundPart(tx, id, { version, amount });

/** Cases about capture and refund of payments. */
export function paymentStoreCases(db: DatabaseUnderTest): void {
  describe("a payment in the database", () => {
    async function newPayment(core: CoreContext): Promise<NewPayment> {
      const { reservationId } = await heldSeat(core);
      const id = await core.idAllocator.next("payment");
      return { id, reservationId, userId: newUserId(), amount: 100 };
    }
    const captured = async (): Promise<NewPayment> => {
      const payment = await newPayment(db.core);
      await committed(db.core, capture(payment));
      return payment;
    };
    const find = (id: number) => db.other.payments.find(null, id);

    it("is found as it was captured", async () => {
      const payment = { ...(await newPayment(db.core)), amount: Number.MAX_SAFE_INTEGER };
      await db.core.withTransaction(async (tx) => {
        await db.core.payments.insert(tx, payment);
        expect(await db.core.payments.find(tx, payment.id)).to.include({ id: payment.id });
        expect(await find(payment.id), "before it is committed").to.equal(undefined);
      });
      const found = await find(payment.id);
      const fresh = {
        ...{ status: "CAPTURED", version: 1, partlyRefunded: 0 },
        refundedAt: undefined,
      };
      expect(found).to.deep.include({ ...payment, ...fresh });
      const ageMs = db.core.clock.nowMs() - (found?.capturedAt.getTime() ?? 0);
      expect(ageMs).to.be.within(-MINUTE_MS, MINUTE_MS);
    });

    it("is not found before it is captured", async () => {
      expect(await find(UNKNOWN_ID)).to.equal(undefined);
      expect(await committed(db.core, refund(UNKNOWN_ID))).to.equal(false);
    });

    it("is found by its reservation and by its user, in pages from the highest id", async () => {
      const [first, second, another] = [
        await captured(),
        await newPayment(db.core),
        await captured(),
      ];
      const { userId } = first;
      await committed(db.core, capture({ ...second, userId }));
      const { payments } = db.other;
      expect(await payments.findOfReservation(null, UNKNOWN_ID)).to.equal(undefined);
      const found = await payments.findOfReservation(null, another.reservationId);
      expect(found).to.deep.equal(await find(another.id));
      const both = [first.reservationId, another.reservationId, UNKNOWN_ID];
      const ofBoth = await payments.ofReservations(null, both);
      expect(ofBoth.map(({ id }) => id)).to.have.members([first.id, another.id]);
      expect(await payments.ofReservations(null, [])).to.deep.equal([]);
      const idsOf = async (page: { limit: number; beforeId?: number }) =>
        (await payments.ofUser(null, userId, page)).map(({ id }) => id);
      const [low = 0, high = 0] = [first.id, second.id].sort((a, b) => a - b);
      expect(await idsOf({ limit: 10 })).to.deep.equal([high, low]);
      expect(await idsOf({ limit: 1 })).to.deep.equal([high]);
      expect(await idsOf({ limit: 10, beforeId: high })).to.deep.equal([low]);
    });

    it("is refunded in parts up to its amount, one version after the other", async () => {
      const { id } = await captured();
      const part = (version: number, amount: number) =>
        committed(db.core, refundPart(id, version, amount));
      expect(await part(1, 30)).to.equal(true);
      expect(await find(id)).to.include({ status: "CAPTURED", version: 2, partlyRefunded: 30 });
      expect(await part(1, 30), "a version that has passed").to.equal(false);
      expect(await part(2, 71), "more than is left").to.equal(false);
      expect(await part(2, 0), "a free seat").to.equal(true);
      expect(await part(3, 70)).to.equal(true);
      expect(await find(id)).to.include({ version: 4, partlyRefunded: 100, amount: 100 });
      expect(await committed(db.core, refund(id, 3)), "a version that has passed").to.equal(false);
      expect(await committed(db.core, refund(id, 4))).to.equal(true);
      expect(await part(5, 0), "a payment that is refunded").to.equal(false);
    });

    it("is refunded once, and keeps the time of the refund", async () => {
      const payment = await captured();
      expect(await committed(db.core, refund(payment.id))).to.equal(true);
      const found = await find(payment.id);
      expect(found).to.deep.include({ ...payment, status: "REFUNDED", version: 2 });
      const ageMs = db.core.clock.nowMs() - (found?.refundedAt?.getTime() ?? 0);
      expect(ageMs).to.be.within(-MINUTE_MS, MINUTE_MS);
      expect(await committed(db.core, refund(payment.id))).to.equal(false);
      expect(await find(payment.id)).to.deep.equal(found);
    });

    it("is refused when its reservation or its id already has a payment", async () => {
      const payment = await captured();
      const another = await newPayment(db.core);
      const twins = [
        { ...another, reservationId: payment.reservationId },
        { ...another, id: payment.id },
      ];
      for (const twin of twins) {
        expect(await failureOf(committed(db.core, capture(twin)))).to.be.instanceOf(Error);
      }
      await committed(db.core, refund(payment.id));
      const [second] = twins;
      if (!second) throw new Error("there are two");
      expect(
        await failureOf(committed(db.core, capture(second))),
        "also after a refund",
      ).to.be.instanceOf(Error);
      await committed(db.core, capture(another));
    });

    for (const end of ENDS) {
      it(`is refunded once by two transactions, after the ${end} of the first`, async () => {
        const { id } = await captured();
        const race = { first: refund(id), end, second: refund(id) };
        expect(await answerAfterWaiting(db, race)).to.equal(end === "rollback");
        expect(await find(id)).to.include({ status: "REFUNDED", version: 2 });
      });

      it(`is captured by one of two transactions, decided by the ${end} of the first`, async () => {
        const one = await newPayment(db.core);
        const two = { ...one, id: await db.core.idAllocator.next("payment") };
        const race = answerAfterWaiting(db, { first: capture(one), end, second: capture(two) });
        if (end === "rollback") await race;
        else expect(await failureOf(race)).to.be.instanceOf(Error);
        const kept = [(await find(one.id))?.id, (await find(two.id))?.id];
        expect(kept).to.deep.equal(end === "commit" ? [one.id, undefined] : [undefined, two.id]);
      });
    }
  });
}
