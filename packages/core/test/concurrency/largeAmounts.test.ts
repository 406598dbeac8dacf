import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import { balanceOf } from "../../src/point/balanceOf.ts";
import { chargePoints } from "../../src/point/chargePoints.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { POINTS_MAX } from "../../src/shared/points.ts";
import {
  chargedUser,
  codeOf,
  failureOf,
  makeSale,
  newUserId,
  QUEUE_ID,
} from "../support/fixtures.ts";
import { useTestCore } from "../support/testCore.ts";

describe("amounts beyond 32 bits", () => {
  const current = useTestCore();

  it("are read and added as numbers", async () => {
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

  it("are refused above the largest balance", async () => {
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
       VALUES (UUID(), 'point-account', ?, 1, 'point-account.charged', ?, 0)`,
      [userId, JSON.stringify({ userId, amount: nearly, balanceAfter: nearly })],
    );
    expect(await balanceOf(core, { userId })).to.equal(nearly);
    const beyond = chargePoints(core, { userId, amount: 6 });
    expect(codeOf(await failureOf(beyond))).to.equal("BALANCE_LIMIT");
    const { value } = await chargePoints(core, { userId, amount: 5 });
    expect(value.currentPoints).to.equal(POINTS_MAX);
  });
});
