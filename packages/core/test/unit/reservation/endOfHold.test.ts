import { expect } from "chai";
import sinon from "sinon";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import type { ReservationStore } from "../../../src/ports/reservationStore.ts";
import type { SeatStore } from "../../../src/ports/seatStore.ts";
import { cancelReservation } from "../../../src/reservation/cancelReservation.ts";
import { releaseExpiredHolds } from "../../../src/reservation/releaseExpiredHolds.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import type { RecordingMetrics } from "../../support/recorders.ts";
import { recordingMetrics } from "../../support/recorders.ts";
import { portOf, unitCore, unitTx } from "../../support/unitCore.ts";

function setUp() {
  const seats = [{ seatId: 1, seatNo: "A-1", price: 300 }];
  const reservation = { id: 4, userId: 9, performanceId: 5, amount: 300, version: 2, seats };
  const stubs = {
    claimOverdue: sinon.stub().resolves([4, 6]),
    expire: sinon.stub().resolves(true),
    cancel: sinon.stub().resolves(true),
    find: sinon.stub().resolves({ ...reservation, status: "PENDING" }),
    release: sinon.stub().resolves(1),
    append: sinon.stub().resolves(),
  };
  const metrics: RecordingMetrics = recordingMetrics();
  const { claimOverdue, expire, cancel, find, release, append } = stubs;
  const core = unitCore({
    metrics,
    reservations: portOf<ReservationStore>({ claimOverdue, expire, cancel, find }),
    seats: portOf<SeatStore>({ release }),
    outbox: portOf<CoreContext["outbox"]>({ append }),
  });
  return { ...stubs, core, metrics };
}

describe("the reaper", () => {
  it("ends what it claimed and counts it", async () => {
    const { core, claimOverdue, release, metrics } = setUp();
    expect(await releaseExpiredHolds(core, { max: 7 })).to.equal(2);
    expect(claimOverdue.args).to.deep.equal([[unitTx, 7]]);
    expect(release.args).to.deep.equal([
      [unitTx, 4, "HELD"],
      [unitTx, 6, "HELD"],
    ]);
    expect(metrics.counted("holds_expired_total")).to.equal(2);
  });

  it("leaves alone what somebody else has ended meanwhile", async () => {
    const { core, expire, release, append } = setUp();
    expire.onFirstCall().resolves(false);
    expect(await releaseExpiredHolds(core)).to.equal(1);
    expect(release.callCount).to.equal(1);
    expect(append.callCount).to.equal(1);
  });
});

describe("cancelling", () => {
  const input = { userId: 9, reservationId: 4 };

  it("frees the seats and tells of it", async () => {
    const { core, release, append } = setUp();
    await cancelReservation(core, input);
    expect(release.args).to.deep.equal([[unitTx, 4, "HELD"]]);
    expect(append.firstCall.args[1][0]).to.include({ type: "reservation.cancelled" });
  });

  it("twice is harmless, and too late for one that was paid", async () => {
    const { core, cancel, find, append } = setUp();
    cancel.resolves(false);
    find.onSecondCall().resolves({ status: "CANCELLED" });
    await cancelReservation(core, input);
    find.onCall(3).resolves({ status: "CONFIRMED" });
    expect(codeOf(await failureOf(cancelReservation(core, input)))).to.equal(
      "RESERVATION_STATE_CONFLICT",
    );
    expect(append.called).to.equal(false);
  });
});
