import { expect } from "chai";
import { createConcert } from "../../src/catalog/createConcert.ts";
import { payReservation } from "../../src/payment/payReservation.ts";
import { refundPayment } from "../../src/payment/refundPayment.ts";
import { balanceOf } from "../../src/point/balanceOf.ts";
import { chargePoints } from "../../src/point/chargePoints.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { Tx } from "../../src/ports/transaction.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { releaseExpiredHolds } from "../../src/reservation/releaseExpiredHolds.ts";
import { createUser } from "../../src/user/createUser.ts";
import {
  chargedUser,
  held,
  makeSale,
  newUserId,
  QUEUE_ID,
  SEAT_PRICE,
  tally,
} from "../support/fixtures.ts";
import { useTestCore } from "../support/testCore.ts";

/** Posts one point to the ledger. */
async function post(core: CoreContext, tx: Tx, userId: number, entryKey: string): Promise<void> {
  await core.ledger.post(tx, { userId, kind: "CHARGE", amount: 1, entryKey });
}

describe("a transaction", () => {
  const current = useTestCore({}, { checkInvariants: false });

  const entriesOf = async (userId: number): Promise<number> => {
    const rows = await current().sql("SELECT id FROM point_entries WHERE user_id = ?", [userId]);
    return rows.length;
  };

  it("runs again as a whole after a deadlock, on a new connection", async () => {
    const { core, metrics } = current();
    const [one, two] = [await chargedUser(core, 1), await chargedUser(core, 1)];
    const marks = [newUserId(), newUserId()];
    const bothHold = Promise.withResolvers<void>();
    let holding = 0;
    let attempts = 0;

    async function cross(party: 0 | 1, first: number, second: number): Promise<void> {
      await core.withTransaction(async (tx) => {
        attempts += 1;
        await post(core, tx, marks[party] ?? 0, `mark:${party}:${attempts}`);
        await post(core, tx, first, `first:${party}`);
        holding += 1;
        if (holding === 2) bothHold.resolve();
        await bothHold.promise;
        await post(core, tx, second, `second:${party}`);
      });
    }
    await Promise.all([cross(0, one, two), cross(1, two, one)]);

    expect(attempts, "attempts of both").to.equal(3);
    expect(metrics.counted("transaction_restarts_total", { kind: "restart" })).to.equal(1);
    for (const userId of marks) expect(await entriesOf(userId)).to.equal(1);
    expect(await entriesOf(one)).to.equal(3);
    expect(await entriesOf(two)).to.equal(3);
  });
});

describe("a pool of one connection", () => {
  const current = useTestCore({ MYSQL_POOL_MAX: "1" });

  it("serves every workflow, because every statement uses its transaction", async () => {
    const { core } = current();
    const { userId } = await createUser(core, { name: "Ada" });
    const idempotency = { key: "pool" };
    await chargePoints(core, { userId, amount: 10 * SEAT_PRICE, idempotency });
    const [one, two, three] = (await makeSale(core, 3)).seatIds;
    if (!one || !two || !three) throw new Error("three seats were made");
    const first = await holdSeats(core, { userId, seatIds: [one], queueId: QUEUE_ID, idempotency });
    const { reservationId } = first.value;
    const paid = await payReservation(core, { userId, reservationId, idempotency });
    await refundPayment(core, { userId, paymentId: paid.value.paymentId, idempotency });
    await cancelReservation(core, { userId, reservationId: await held(core, userId, [two]) });
    const late = await held(core, userId, [three]);
    await current().endHold(late, -1);
    await held(core, newUserId(), [three]);
    await current().endHold(await held(core, userId, [two]), -1);
    expect(await releaseExpiredHolds(core)).to.equal(1);
    await createConcert(core, { title: "One", singer: "Pool", queueId: "other" });
    expect(await balanceOf(core, { userId })).to.equal(10 * SEAT_PRICE);
  });

  it("serves 8 parallel workflows, one after the other", async () => {
    const { core } = current();
    const charges = Array.from({ length: 8 }, () =>
      chargePoints(core, { userId: newUserId(), amount: 1 }),
    );
    expect(await tally(charges)).to.deep.equal({ ok: 8 });
  });
});
