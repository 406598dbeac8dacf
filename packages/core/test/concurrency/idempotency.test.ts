import { expect } from "chai";
import type { Once } from "../../src/idempotency/onceOnly.ts";
import { payReservation } from "../../src/payment/payReservation.ts";
import { refundPayment } from "../../src/payment/refundPayment.ts";
import { balanceOf } from "../../src/point/balanceOf.ts";
import { chargePoints } from "../../src/point/chargePoints.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { reservationsOf } from "../../src/reservation/findReservation.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  held,
  makeSale,
  makeSeat,
  newUserId,
  paid,
  QUEUE_ID,
  SEAT_PRICE,
} from "../support/fixtures.ts";
import { type CoreInstance, useTestCore } from "../support/testCore.ts";

const TIMES = 20;
const IN_PROGRESS = "IDEMPOTENCY_IN_PROGRESS";

for (const strategy of ["redlock", "conditional"]) {
  describe(`an idempotency key, with the ${strategy} strategy`, () => {
    const current = useTestCore({ SEAT_LOCK: strategy });
    let other: CoreInstance;
    before("opens a second instance", async () => {
      other = await current().another();
    });
    const coreOf = (index: number) => (index % 2 === 0 ? current().core : other.core);

    /**
     * Sends the request 20 times at the same time, then once more: one request makes the effect,
     * and each other one gets the same answer or IDEMPOTENCY_IN_PROGRESS.
     */
    async function sendRepeatedly<T>(request: (core: CoreContext) => Promise<Once<T>>): Promise<T> {
      const results = await Promise.allSettled(
        Array.from({ length: TIMES }, (_unused, index) => request(coreOf(index))),
      );
      const answers: Once<T>[] = [];
      for (const result of results) {
        if (result.status === "fulfilled") answers.push(result.value);
        else expect(codeOf(result.reason)).to.equal(IN_PROGRESS);
      }
      const firsts = answers.filter((answer) => !answer.replayed);
      expect(firsts, "answers that were no repetition").to.have.length(1);
      const again = await request(other.core);
      expect(again.replayed).to.equal(true);
      for (const answer of answers) expect(answer.value).to.deep.equal(again.value);
      return again.value;
    }

    it("charges points once for 20 parallel requests", async () => {
      const userId = newUserId();
      const idempotency = { key: "once" };
      const { currentPoints } = await sendRepeatedly((core) =>
        chargePoints(core, { userId, amount: 500, idempotency }),
      );
      expect(currentPoints).to.equal(500);
      expect(await balanceOf(current().core, { userId })).to.equal(500);
    });

    it("holds seats once, and repeats the answer even after the hold has ended", async () => {
      const { core } = current();
      const userId = newUserId();
      const { seatIds } = await makeSale(core, 2);
      const hold = (one: CoreContext) =>
        holdSeats(one, { userId, seatIds, queueId: QUEUE_ID, idempotency: { key: "mine" } });
      const value = await sendRepeatedly(hold);
      expect(await reservationsOf(core, { userId, limit: 10 })).to.have.length(1);
      await cancelReservation(core, { userId, reservationId: value.reservationId });
      expect((await hold(core)).value).to.deep.equal(value);
      expect(await reservationsOf(core, { userId, limit: 10 })).to.have.length(1);
    });

    it("pays once, and refunds once", async () => {
      const { core } = current();
      const userId = await chargedUser(core, SEAT_PRICE);
      const reservationId = await held(core, userId, [await makeSeat(core)]);
      const idempotency = { key: "same for both" };
      const { paymentId } = await sendRepeatedly((one) =>
        payReservation(one, { userId, reservationId, idempotency }),
      );
      expect(await balanceOf(core, { userId })).to.equal(0);
      await sendRepeatedly((one) => refundPayment(one, { userId, paymentId, idempotency }));
      expect(await balanceOf(core, { userId })).to.equal(SEAT_PRICE);
    });

    it("is refused for another body, in each operation", async () => {
      const { core } = current();
      const userId = await chargedUser(core);
      const idempotency = { key: "taken" };
      const [one, two] = (await makeSale(core, 2)).seatIds;
      if (!one || !two) throw new Error("two seats were made");
      const { reservationId, paymentId } = await paid(core, userId, [await makeSeat(core)]);
      const pairs: readonly (readonly [() => Promise<unknown>, () => Promise<unknown>])[] = [
        [
          () => chargePoints(core, { userId, amount: 5, idempotency }),
          () => chargePoints(core, { userId, amount: 6, idempotency }),
        ],
        [
          () => holdSeats(core, { userId, seatIds: [one], queueId: QUEUE_ID, idempotency }),
          () => holdSeats(core, { userId, seatIds: [two], queueId: QUEUE_ID, idempotency }),
        ],
        [
          () => refundPayment(core, { userId, paymentId, idempotency }),
          () => refundPayment(core, { userId, paymentId: paymentId + 1, idempotency }),
        ],
      ];
      for (const [first, second] of pairs) {
        await first();
        expect(codeOf(await failureOf(second()))).to.equal("IDEMPOTENCY_KEY_REUSED");
      }
      const next = await held(core, userId, [two]);
      await payReservation(core, { userId, reservationId: next, idempotency });
      const reuse = payReservation(core, { userId, reservationId, idempotency });
      expect(codeOf(await failureOf(reuse))).to.equal("IDEMPOTENCY_KEY_REUSED");
    });

    it("means the same request when the seats are in another order", async () => {
      const { core } = current();
      const userId = newUserId();
      const { seatIds } = await makeSale(core, 3);
      const input = { userId, queueId: QUEUE_ID, idempotency: { key: "order" } };
      const first = await holdSeats(core, { ...input, seatIds });
      const again = await holdSeats(core, { ...input, seatIds: [...seatIds].reverse() });
      expect(again).to.deep.equal({ ...first, replayed: true });
    });

    it("is separate for each user, and case-sensitive", async () => {
      const { core } = current();
      const [one, two] = [newUserId(), newUserId()];
      for (const [userId, key] of [
        [one, "Key"],
        [one, "key"],
        [two, "Key"],
      ] as const) {
        const charged = await chargePoints(core, { userId, amount: 1, idempotency: { key } });
        expect(charged.replayed).to.equal(false);
      }
      expect(await balanceOf(core, { userId: one })).to.equal(2);
    });

    it("stays unused after a request that was refused", async () => {
      const { core } = current();
      const userId = newUserId();
      const reservationId = await held(core, userId, [await makeSeat(core)]);
      const pay = () => payReservation(core, { userId, reservationId, idempotency: { key: "p" } });
      expect(codeOf(await failureOf(pay()))).to.equal("INSUFFICIENT_POINTS");
      await chargePoints(core, { userId, amount: SEAT_PRICE });
      expect((await pay()).replayed).to.equal(false);
    });
  });
}
