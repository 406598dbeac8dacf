import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import { refundPayment } from "../../src/payment/refundPayment.ts";
import { chargePoints } from "../../src/point/chargePoints.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { held, makeSale, newUserId, QUEUE_ID, SEAT_PRICE, tally } from "../support/fixtures.ts";
import { useTestCore } from "../support/testCore.ts";

const BUYERS = 40;
const idempotency = { key: "group" };

/**
 * The tables are empty or small. Then the optimizer prefers to read all rows of a table, and a
 * statement would meet the locks of every other transaction.
 */
describe("a group", () => {
  const current = useTestCore();

  /** Runs the workflow in a transaction that stays open while the group runs. */
  async function besideOpen(
    work: (core: CoreContext) => Promise<unknown>,
    group: () => readonly Promise<unknown>[],
  ): Promise<void> {
    const { core, metrics } = current();
    const isWritten = Promise.withResolvers<void>();
    const isDone = Promise.withResolvers<void>();
    const open = core.withTransaction(async (tx) => {
      await work({ ...core, withTransaction: (inner) => inner(tx) });
      isWritten.resolve();
      await isDone.promise;
    });
    await isWritten.promise;
    const splitBefore = metrics.counted("transaction_groups_total", { outcome: "split" });
    const answers = await tally(group());
    const splitAfter = metrics.counted("transaction_groups_total", { outcome: "split" });
    isDone.resolve();
    await open;
    expect(answers).to.deep.equal({ ok: BUYERS });
    expect(splitAfter - splitBefore, "groups that were split").to.equal(0);
  }

  it("lets refused members leave without meeting the key of an open transaction", async () => {
    const { core } = current();
    const { seatIds } = await makeSale(core, 2);
    const [taken, free] = seatIds as [number, number];
    await held(core, newUserId(), [taken]);
    // With few more records than members, the optimizer still prefers to read all of them.
    for (let count = 0; count < BUYERS; count += 1) {
      await chargePoints(core, { userId: newUserId(), amount: 1, idempotency });
    }
    await current().sql("ANALYZE TABLE idempotency_records");
    const refusal = (userId: number) =>
      holdSeats(core, { userId, seatIds: [taken], queueId: QUEUE_ID, idempotency }).catch(
        ({ code }: { code: string }) => expect(code).to.equal("SEAT_ALREADY_HELD"),
      );
    const other = newUserId();
    await besideOpen(
      (by) => holdSeats(by, { userId: other, seatIds: [free], queueId: QUEUE_ID, idempotency }),
      () => Array.from({ length: BUYERS }, () => refusal(newUserId())),
    );
  });

  it("meets no lock of another buyer's open transaction, also in small tables", async () => {
    const { core } = current();
    const { seatIds } = await makeSale(core, BUYERS + 1);
    const [otherSeat, ...seats] = seatIds as [number, ...number[]];
    const other = { userId: newUserId(), seatId: otherSeat };
    const buyers = seats.map((seatId) => ({ userId: newUserId(), seatId }));
    const amount = 10 * SEAT_PRICE;
    const ids = new Map<number, { reservationId: number; paymentId?: number }>();

    type Buyer = typeof other;
    const charge = (by: CoreContext, { userId }: Buyer) =>
      chargePoints(by, { userId, amount, idempotency });
    const hold = async (by: CoreContext, { userId, seatId }: Buyer) => {
      const input = { userId, seatIds: [seatId], queueId: QUEUE_ID, idempotency };
      ids.set(userId, (await holdSeats(by, input)).value);
    };
    const pay = async (by: CoreContext, { userId }: Buyer) => {
      const reservationId = ids.get(userId)?.reservationId ?? 0;
      ids.set(userId, (await payReservation(by, { userId, reservationId, idempotency })).value);
    };
    const refund = (by: CoreContext, { userId }: Buyer) =>
      refundPayment(by, { userId, paymentId: ids.get(userId)?.paymentId ?? 0, idempotency });
    for (const workflow of [charge, hold, pay, refund]) {
      await besideOpen(
        (by) => workflow(by, other),
        () => buyers.map((buyer) => workflow(core, buyer)),
      );
    }

    const holdAgain = async ({ userId, seatId }: Buyer) =>
      ids.set(userId, { reservationId: await held(core, userId, [seatId]) });
    for (const buyer of [other, ...buyers]) await holdAgain(buyer);
    const cancel = (by: CoreContext, { userId }: Buyer) =>
      cancelReservation(by, { userId, reservationId: ids.get(userId)?.reservationId ?? 0 });
    await besideOpen(
      (by) => cancel(by, other),
      () => buyers.map((buyer) => cancel(core, buyer)),
    );
  });

  it("locks only the seats of its members, also when these are more than a thousand", async () => {
    const { core } = current();
    const { seatIds } = await makeSale(core, 1_300);
    const [other = 0, ...rest] = seatIds;
    const wanted = Array.from({ length: 60 }, (_unused, at) => rest.slice(20 * at, 20 * at + 20));
    const isLocked = Promise.withResolvers<void>();
    const isDone = Promise.withResolvers<void>();
    const group = wanted.map((some) =>
      core.withTransaction(
        async (tx) => {
          const locked = await core.seats.lock(tx, some);
          isLocked.resolve();
          await isDone.promise;
          return locked;
        },
        { kind: "hold", userId: newUserId() },
      ),
    );
    await isLocked.promise;
    const free = await core.withTransaction((tx) => core.seats.lock(tx, [other]));
    isDone.resolve();
    expect(await Promise.all(group)).to.deep.equal(wanted);
    expect(free).to.deep.equal([other]);
  });

  it("stays whole when a buyer with an overdue hold wants too many seats", async () => {
    const { core, metrics, endHold } = current();
    const { seatIds } = await makeSale(core, 12);
    const seats = (from: number, to: number) => seatIds.slice(from, to);
    const userId = newUserId();
    await held(core, userId, seats(0, 3));
    await held(core, userId, seats(3, 6));
    await endHold(await held(core, userId, seats(6, 7)), -1);
    const split = () => metrics.counted("transaction_groups_total", { outcome: "split" });
    const before = split();
    const answers = tally([
      held(core, userId, seats(7, 10)),
      ...[10, 11].map((at) => held(core, newUserId(), seats(at, at + 1))),
    ]);
    expect(await answers).to.deep.equal({ SEAT_LIMIT_REACHED: 1, ok: 2 });
    expect(split() - before).to.equal(0);
  });

  describe("with members whose first rows another process is inserting", () => {
    const GUILTY = 8;

    /** All others get their answers before the first of these members does. */
    async function expectOthersFirst(
      insert: (core: CoreContext, userId: number) => Promise<unknown>,
      again: (userId: number) => Promise<unknown>,
      others: () => readonly Promise<unknown>[],
    ): Promise<void> {
      const { another } = current();
      const frozen = (await another()).core;
      const users = Array.from({ length: GUILTY }, () => newUserId());
      const isWritten = Promise.withResolvers<void>();
      const isDone = Promise.withResolvers<void>();
      const open = frozen.withTransaction(async (tx) => {
        const inner: CoreContext = { ...frozen, withTransaction: (work) => work(tx) };
        for (const userId of users) await insert(inner, userId);
        isWritten.resolve();
        await isDone.promise;
      });
      await isWritten.promise;
      const waiting = users.map(again);
      const free = tally(others());
      const first = await Promise.race([
        free,
        ...waiting.map((answer) => answer.then(() => "late")),
      ]);
      isDone.resolve();
      await open;
      expect(first).to.deep.equal({ ok: BUYERS });
      expect(await tally(waiting)).to.deep.equal({ ok: GUILTY });
    }

    it("answers all others at once (charges)", async () => {
      const { core } = current();
      const charge = (by: CoreContext, userId: number) => chargePoints(by, { userId, amount: 1 });
      await expectOthersFirst(
        charge,
        (userId) => charge(core, userId),
        () => Array.from({ length: BUYERS }, () => charge(core, newUserId())),
      );
    });

    it("answers all others at once (holds)", async () => {
      const { core } = current();
      const { seatIds } = await makeSale(core, BUYERS + 2 * GUILTY);
      const free = [...seatIds];
      const hold = (by: CoreContext, userId: number) => held(by, userId, [free.shift() ?? 0]);
      await expectOthersFirst(
        hold,
        (userId) => hold(core, userId),
        () => Array.from({ length: BUYERS }, () => hold(core, newUserId())),
      );
    });
  });
});
