import {
  chargePoints,
  createConcert,
  createPerformance,
  holdSeats,
  type OpenedCore,
  openCore,
  payReservation,
  readServersConfig,
} from "@onsale/core";
import { expect } from "chai";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

const PRICE = 1_000;
const WEEK_MS = 7 * 24 * 3_600_000;
const yes = (name: number) => ["--execute", "--reason", "a test", `--confirm=${name}`];

describe("onsale reservation, point and payment on the test servers", () => {
  let stack: TestStack;
  let opened: OpenedCore;
  let seatIds: readonly number[] = [];
  let userId = 100;
  const run = (...words: string[]) => runInProcess(words, stack.env);
  const json = async (...words: string[]) => {
    const { stdout, code } = await run(...words, "--json");
    return { code, ...JSON.parse(stdout) };
  };
  const hold = async (seats: readonly number[]) => {
    const { value } = await holdSeats(opened.core, { userId, seatIds: seats, queueId: "main" });
    return value.reservationId;
  };
  const balance = () => opened.core.ledger.balanceOf(null, userId);

  before(async () => {
    stack = await newTestStack({ migrated: true });
    const config = readServersConfig({ ...stack.env, LOG_LEVEL: "silent" });
    opened = await openCore(config, { role: "api" });
  });
  beforeEach("makes a performance of three seats and a user with points", async () => {
    const { core } = opened;
    userId += 1;
    const concert = await createConcert(core, { title: "Rush", singer: "Ada", queueId: "main" });
    const { performanceId } = await createPerformance(core, {
      ...{ concertId: concert.id, startsAt: new Date(core.clock.nowMs() + WEEK_MS), venue: "Hall" },
      seats: ["A-1", "A-2", "A-3"].map((seatNo) => ({ seatNo, section: "A", price: PRICE })),
    });
    seatIds = (await core.seats.ofPerformance(null, performanceId)).map(({ id }) => id);
    await chargePoints(core, { userId, amount: 10 * PRICE });
  });
  after(async () => {
    await opened.close();
    await stack.drop();
  });

  it("adjusts points, shows them in the ledger, reconciles and undoes them", async () => {
    const words = ["point", "adjust", String(userId), "--amount", "-200"];
    const plan = await run(...words);
    expect(plan.stdout, plan.stderr).to.include(`user ${userId}: 10000 -200 -> 9800`);
    expect(await balance()).to.equal(10_000);
    const done = await json(...words, ...yes(userId));
    expect([done.code, await balance()]).to.deep.equal([0, 9_800]);
    const ledger = await run("point", "ledger", String(userId));
    expect(ledger.stdout).to.match(/ADJUST_DEBIT +-200 +9800 +audit record \d+/);
    expect((await run("point", "reconcile", String(userId))).stdout).to.include("No difference");
    const auditId = String(done.data.auditId);
    await run("undo", auditId);
    expect((await run("undo", auditId, ...yes(userId))).code).to.equal(0);
    expect(await balance()).to.equal(10_000);
  });

  it("refuses an adjustment without confirmation, below zero, and without a sign", async () => {
    const adjust = (amount: string, ...more: string[]) =>
      run("point", "adjust", String(userId), "--amount", amount, ...more);
    await adjust("+1");
    const unconfirmed = await adjust("+1", "--execute", "--reason", "a test");
    expect([unconfirmed.code, unconfirmed.stderr]).to.deep.include(3);
    expect(unconfirmed.stderr).to.include("CONFIRMATION_REQUIRED");
    const below = await adjust("-10001");
    expect([below.code, below.stderr]).to.deep.include(1);
    expect(below.stderr).to.include("INSUFFICIENT_POINTS");
    expect((await adjust("5")).code).to.equal(2);
    expect(await balance()).to.equal(10_000);
  });

  it("names the difference when a balance is damaged, for one user and for all", async () => {
    const damage = (by: number) =>
      stack.sql(`UPDATE point_accounts SET balance = balance + ${by} WHERE user_id = ${userId}`);
    await damage(1);
    try {
      for (const user of [[String(userId)], []]) {
        const found = await run("point", "reconcile", ...user);
        expect(found.code).to.equal(1);
        expect(found.stdout).to.include("the balance is not the sum of the entries");
        expect(found.stdout).to.include(`userId ${userId}, balance 10001`);
      }
    } finally {
      await damage(-1);
    }
    expect((await json("point", "reconcile")).data).to.include({ holds: true });
  });

  it("releases a hold, and refuses a paid one with the payment to refund", async () => {
    const reservationId = await hold(seatIds.slice(0, 2));
    const shown = await run("reservation", "show", String(reservationId));
    expect(shown.stdout).to.include("PENDING").and.include("reservation.held");
    const words = ["reservation", "release", String(reservationId)];
    expect((await run(...words)).stdout).to.include("seat A-1");
    const done = await run(...words, ...yes(reservationId));
    expect(done.code, done.stderr).to.equal(0);
    const [first] = await opened.core.seats.find(null, seatIds.slice(0, 1));
    expect(first).to.include({ status: "AVAILABLE" });

    const paidId = await hold(seatIds.slice(0, 1));
    const { value } = await payReservation(opened.core, { userId, reservationId: paidId });
    const refused = await run("reservation", "release", String(paidId));
    expect([refused.code, refused.stderr]).to.deep.include(3);
    expect(refused.stderr).to.include(`refund its payment ${value.paymentId}`);
    expect(refused.stderr).to.include("onsale payment refund");
  });

  it("releases and refunds some seats, and shows what is left", async () => {
    const reservationId = await hold(seatIds);
    const release = ["reservation", "release", String(reservationId), "--seat", "A-1"];
    const plan = await run(...release);
    expect(plan.stdout).to.include("The reservation keeps 2 seats at 2000 points");
    expect((await run(...release, ...yes(reservationId))).code).to.equal(0);
    const { value } = await payReservation(opened.core, { userId, reservationId });
    const refund = ["payment", "refund", String(value.paymentId), "--seat", "A-2"];
    expect((await run(...refund)).stdout).to.include(`user ${userId} gets 1000 points back`);
    expect((await run(...refund, ...yes(value.paymentId))).code).to.equal(0);
    expect(await balance()).to.equal(9 * PRICE);
    const shown = await run("payment", "show", String(value.paymentId));
    expect(shown.stdout)
      .to.include("CAPTURED")
      .and.include("1000 of 2000 points, in parts")
      .and.include("reservation.partly-cancelled")
      .and.include("payment.partly-refunded");
    const again = await run(...refund);
    expect(again.stderr).to.include("SEAT_NOT_IN_RESERVATION");
  });

  it("shows and refunds a payment, once", async () => {
    const reservationId = await hold(seatIds);
    const { value } = await payReservation(opened.core, { userId, reservationId });
    const id = String(value.paymentId);
    const shown = await json("payment", "show", id);
    expect(shown.data.payment).to.include({ status: "CAPTURED", amount: 3 * PRICE });
    expect(shown.data.possible).to.include({ operation: "payment.refund" });
    await run("payment", "refund", id);
    const words = ["payment", "refund", id, ...yes(value.paymentId)];
    const done = await runOnsale(words, stack.env);
    expect(done.code, done.stderr).to.equal(0);
    expect(await balance()).to.equal(10 * PRICE);
    expect((await run("payment", "refund", id)).stderr).to.include("PAYMENT_ALREADY_REFUNDED");
    const after = await run("reservation", "show", String(reservationId));
    expect(after.stdout).to.include("REFUNDED is final");
    expect(after.stdout).to.match(/REFUND +\+3000 +10000/);
  });

  it("lists reservations, and ends overdue holds in steps", async () => {
    const ids = [await hold(seatIds.slice(0, 1)), await hold(seatIds.slice(1, 2))];
    const user = ["reservation", "list", "--user", String(userId)];
    const listed = await json(...user, "--status", "pending");
    const found = listed.data.reservations.map(({ id }: { id: number }) => id);
    expect(found).to.deep.equal(ids.toReversed());
    await stack.sql(
      `UPDATE reservations SET expires_at = NOW(6) - INTERVAL 1 SECOND WHERE id IN (${ids})`,
    );
    await stack.sql(
      `UPDATE seats SET hold_expires_at = NOW(6) - INTERVAL 1 SECOND
        WHERE reservation_id IN (${ids})`,
    );
    expect((await run(...user, "--overdue")).stdout).to.include("OVERDUE");
    const words = ["reservation", "expire-overdue"];
    expect((await run(...words)).stdout).to.include("2 overdue holds would change");
    const first = await json(...words, "--execute", "--max", "1");
    expect([first.code, first.data.changed]).to.deep.equal([4, 1]);
    const second = await json(...words, "--execute", "--job", first.data.jobId);
    expect([second.code, second.data.changed]).to.deep.equal([0, 2]);
    expect((await json(...user, "--status", "expired")).data.reservations).to.have.length(2);
  });
});
