import { expect } from "chai";
import sinon from "sinon";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import type { ReservationStore } from "../../../src/ports/reservationStore.ts";
import type { SeatRow, SeatStore, TakenSeat } from "../../../src/ports/seatStore.ts";
import { holdSeats } from "../../../src/reservation/holdSeats.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { portOf, unitCore, unitTx } from "../../support/unitCore.ts";

const clock = fakeClock();
const HOLD_EXPIRES_AT = new Date(clock.nowMs() + 300_000);

const taken = (id: number, more: Partial<TakenSeat> = {}): TakenSeat => ({
  id,
  seatNo: `A-${id}`,
  price: 100,
  performanceId: 5,
  queueId: "main",
  performanceStartsAt: new Date(clock.nowMs() + 1),
  version: 3,
  holdExpiresAt: HOLD_EXPIRES_AT,
  supersededReservationId: undefined,
  ...more,
});

const row = (id: number, more: Partial<SeatRow> = {}): SeatRow => ({
  id,
  performanceId: 5,
  seatNo: `A-${id}`,
  price: 100,
  status: "HELD",
  reservationId: 4,
  holdExpiresAt: HOLD_EXPIRES_AT,
  version: 2,
  ...more,
});

function setUp(seats: TakenSeat[], count = seats.length) {
  const release = sinon.stub().resolves();
  const stubs = {
    hold: sinon.stub().resolves(count),
    taken: sinon.stub().resolves(seats),
    find: sinon.stub().resolves([row(1)]),
    insert: sinon.stub().resolves(),
    expire: sinon.stub().resolves(false),
    append: sinon.stub().resolves(),
    tryAcquire: sinon.stub().resolves({ release }),
    release,
  };
  const { hold, find, insert, expire, append, tryAcquire } = stubs;
  const core: CoreContext = unitCore({
    clock,
    seatLock: { tryAcquire },
    seats: portOf<SeatStore>({ hold, find, taken: stubs.taken }),
    reservations: portOf<ReservationStore>({ insert, expire }),
    outbox: portOf<CoreContext["outbox"]>({ append }),
  });
  const run = (seatIds: readonly number[], queueId = "main") =>
    holdSeats(core, { userId: 9, seatIds, queueId });
  return { ...stubs, run };
}

describe("holding seats", () => {
  it("asks for them in one order, whatever order the buyer names them in", async () => {
    const { run, tryAcquire, hold } = setUp([taken(1), taken(2), taken(10)]);
    await run([10, 1, 2]);
    expect(tryAcquire.firstCall.args).to.deep.equal([[1, 2, 10]]);
    expect(hold.firstCall.args).to.deep.equal([unitTx, [1, 2, 10], 17, 300_000]);
  });

  it("adds the prices up and fixes them, with the versions that fence the hold", async () => {
    const { run, insert } = setUp([taken(1), taken(2, { price: 250, version: 8 })]);
    const { value } = await run([1, 2]);
    expect(value.amount).to.equal(350);
    expect(insert.firstCall.args[1]).to.deep.equal({
      id: 17,
      userId: 9,
      performanceId: 5,
      amount: 350,
      expiresAt: HOLD_EXPIRES_AT,
      seats: [
        { seatId: 1, price: 100, seatVersion: 3 },
        { seatId: 2, price: 250, seatVersion: 8 },
      ],
    });
  });

  it("tells of the hold in the same transaction", async () => {
    const { run, append } = setUp([taken(1)]);
    await run([1]);
    expect(append.firstCall.args[0]).to.equal(unitTx);
    expect(append.firstCall.args[1]).to.have.length(1);
    expect(append.firstCall.args[1][0]).to.include({
      aggregateType: "reservation",
      aggregateId: 17,
      aggregateVersion: 1,
      type: "reservation.held",
    });
  });

  it("ends each overdue hold that it takes a seat from once, in one order", async () => {
    const overdue = (id: number, of: number) => taken(id, { supersededReservationId: of });
    const { run, expire } = setUp([overdue(1, 8), overdue(2, 7), overdue(3, 8)]);
    await run([1, 2, 3]);
    expect(expire.args).to.deep.equal([
      [unitTx, 7],
      [unitTx, 8],
    ]);
  });

  it("refuses no seat, one twice and too many before it asks anybody", async () => {
    const { run, tryAcquire, find } = setUp([]);
    for (const wrong of [[], [1, 1], [1, 2, 3, 4, 5]]) {
      expect(codeOf(await failureOf(run(wrong)))).to.equal("SEAT_COUNT_INVALID");
    }
    expect(tryAcquire.called || find.called).to.equal(false);
  });

  it("turns away at the lock without a transaction", async () => {
    const { run, tryAcquire, hold } = setUp([taken(1)]);
    tryAcquire.resolves(undefined);
    expect(codeOf(await failureOf(run([1])))).to.equal("SEAT_CONTENDED");
    expect(hold.called).to.equal(false);
  });

  it("gives the lock back after success and after failure", async () => {
    const good = setUp([taken(1)]);
    await good.run([1]);
    expect(good.release.callCount).to.equal(1);
    const bad = setUp([taken(1)], 0);
    await failureOf(bad.run([1]));
    expect(bad.release.callCount).to.equal(1);
  });

  const refusals = {
    SEAT_ALREADY_HELD: [row(1), row(2, { status: "AVAILABLE" })],
    SEAT_ALREADY_SOLD: [row(1), row(2, { status: "SOLD" })],
    SEAT_NOT_FOUND: [row(1)],
  };
  for (const [code, rows] of Object.entries(refusals)) {
    it(`says ${code} when the statement did not count every seat for that reason`, async () => {
      const { run, find, insert } = setUp([taken(1)], 1);
      find.resolves(rows);
      expect(codeOf(await failureOf(run([1, 2])))).to.equal(code);
      expect(insert.called).to.equal(false);
    });
  }

  it("does not blame the seats that this very attempt has taken", async () => {
    const { run, find } = setUp([taken(1)], 1);
    find.resolves([row(1, { reservationId: 17 }), row(2)]);
    expect(await failureOf(run([1, 2]))).to.deep.include({ details: { seatIds: [2] } });
  });

  it("is refused when the show has begun, up to the millisecond", async () => {
    const begun = setUp([taken(1, { performanceStartsAt: new Date(clock.nowMs()) })]);
    expect(codeOf(await failureOf(begun.run([1])))).to.equal("PERFORMANCE_STARTED");
  });

  it("is refused behind another waiting room, and for seats of two shows", async () => {
    const { run, insert } = setUp([taken(1)]);
    expect(codeOf(await failureOf(run([1], "vip")))).to.equal("QUEUE_TOKEN_WRONG_QUEUE");
    expect(insert.called).to.equal(false);
    const two = setUp([taken(1), taken(2, { performanceId: 6 })]);
    expect(codeOf(await failureOf(two.run([1, 2])))).to.equal("SEATS_OF_SEVERAL_PERFORMANCES");
  });
});
