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
import { POINTS_MAX } from "../../src/shared/points.ts";
import { createUser } from "../../src/user/createUser.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  held,
  makeSale,
  makeSeat,
  newUserId,
  QUEUE_ID,
  SEAT_PRICE,
  tally,
} from "../support/fixtures.ts";
import { until } from "../support/raceTools.ts";
import { useTestCore } from "../support/testCore.ts";

/** A post to the ledger that fails the test when it is refused. */
async function post(core: CoreContext, tx: Tx, userId: number, entryKey: string): Promise<void> {
  await core.ledger.post(tx, { userId, kind: "CHARGE", amount: 1, entryKey });
}

describe("a transaction", () => {
  const current = useTestCore({}, { checkInvariants: false });

  const entriesOf = async (userId: number): Promise<number> => {
    const rows = await current().sql("SELECT id FROM point_entries WHERE user_id = ?", [userId]);
    return rows.length;
  };

  it("traps 4 and 5: starts over as a whole after a deadlock, on a clean connection", async () => {
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

  it("traps 7 and 8: is enough for every workflow, so none leaves its transaction", async () => {
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

  it("trap 8: serves 8 workflows at once, one after the other", async () => {
    const { core } = current();
    const charges = Array.from({ length: 8 }, () =>
      chargePoints(core, { userId: newUserId(), amount: 1 }),
    );
    expect(await tally(charges)).to.deep.equal({ ok: 8 });
  });
});

describe("numbers on their way through the database", () => {
  const current = useTestCore();

  it("trap 13: are numbers, whatever their size, and add up as such", async () => {
    const { core } = current();
    const userId = await chargedUser(core, 1_000_000_000);
    for (let times = 0; times < 4; times += 1) {
      await chargePoints(core, { userId, amount: 1_000_000_000 });
    }
    const balance = await balanceOf(core, { userId });
    expect(balance + 1).to.equal(5_000_000_001);
    const { seatIds } = await makeSale(core, 4, { price: 1_000_000_000 });
    const { value } = await holdSeats(core, { userId, seatIds, queueId: QUEUE_ID });
    expect(value.amount).to.equal(4_000_000_000);
    const paid = await payReservation(core, { userId, reservationId: value.reservationId });
    expect(paid.value).to.include({ price: 4_000_000_000, currentPoints: 1_000_000_000 });
  });

  it("trap 13: are refused where they would stop counting by one", async () => {
    const { core, sql } = current();
    const userId = newUserId();
    const nearly = POINTS_MAX - 5;
    await sql("INSERT INTO point_accounts (user_id, balance, version) VALUES (?, ?, 1)", [
      userId,
      nearly,
    ]);
    await sql(
      `INSERT INTO point_entries (user_id, kind, amount, balance_after, account_version, entry_key)
       VALUES (?, 'CHARGE', ?, ?, 1, 'planted')`,
      [userId, nearly, nearly],
    );
    await sql(
      `INSERT INTO outbox_messages
         (message_id, aggregate_type, aggregate_id, aggregate_version, type, payload, bucket)
       VALUES (UUID(), 'point-account', ?, 1, 'point-account.charged', '{}', 0)`,
      [userId],
    );
    expect(await balanceOf(core, { userId })).to.equal(nearly);
    const beyond = chargePoints(core, { userId, amount: 6 });
    expect(codeOf(await failureOf(beyond))).to.equal("BALANCE_LIMIT");
    const { value } = await chargePoints(core, { userId, amount: 5 });
    expect(value.currentPoints).to.equal(POINTS_MAX);
  });
});

describe("a seat lock that runs out while the database stalls", () => {
  const current = useTestCore({ SEAT_LOCK: "redlock", SEAT_LOCK_TTL_MS: "100" });

  it("trap 16: still sells the seat once", async () => {
    const { core, sql } = current();
    const other = await current().another();
    const seatId = await makeSeat(core);
    const stall = Promise.withResolvers<void>();
    const stalled = Promise.withResolvers<void>();
    // The row stays locked by a hold that is given up in the end.
    const stalling = core.withTransaction(async (tx) => {
      await core.seats.hold(tx, [seatId], 1, 60_000);
      stalled.resolve();
      await stall.promise;
      throw new Error("given up");
    });
    await stalled.promise;
    const hold = (one: CoreContext) =>
      holdSeats(one, { userId: newUserId(), seatIds: [seatId], queueId: QUEUE_ID });
    const waiting = async (): Promise<number> => {
      const [row] = await sql(
        `SELECT COUNT(*) AS waiting FROM information_schema.processlist
         WHERE db = DATABASE() AND id <> CONNECTION_ID() AND info LIKE '%UPDATE seats%'`,
      );
      return Number(row?.waiting);
    };
    const first = hold(core).then(() => "ok", codeOf);
    await until(async () => (await waiting()) === 1);
    let second = Promise.resolve("");
    for (let pastTheLock = false; !pastTheLock; ) {
      let refused = false;
      second = hold(other.core).then(
        () => "ok",
        (error) => {
          refused = true;
          return codeOf(error);
        },
      );
      await until(async () => refused || (await waiting()) === 2);
      pastTheLock = !refused;
    }
    stall.resolve();
    await failureOf(stalling);
    expect([await first, await second].sort()).to.deep.equal(["SEAT_ALREADY_HELD", "ok"]);
  }).timeout(15_000);
});
