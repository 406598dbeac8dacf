import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { cancelSeatsInside } from "../../src/reservation/cancelSeats.ts";
import { extendHold } from "../../src/reservation/extendHold.ts";
import { expectInvariants } from "./expectInvariants.ts";
import { chargedUser, codeOf, failureOf, held, makeSale, newUserId, tally } from "./fixtures.ts";

/** The settings that these cases need: a hold of 60 s, and at most 90 s more. */
export const EXTENSION_SETTINGS = { HOLD_TTL_MS: "60000", HOLD_EXTENSION_MAX_MS: "90000" };

type Current = () => { readonly core: CoreContext };
type PassMs = (ms: number) => Promise<void>;

/**
 * Extensions of holds, on any servers.
 * @param passMs lets the time of the database pass
 */
export function holdExtensionCases(current: Current, passMs: PassMs): void {
  startCases(current, passMs);
  changedHoldCases(current, passMs);
}

function changedHoldCases(current: Current, passMs: PassMs): void {
  let [userId, reservationId] = [0, 0];
  let seatIds: readonly number[];
  beforeEach("holds two seats", async () => {
    const { core } = current();
    userId = await chargedUser(core);
    seatIds = (await makeSale(core, 2)).seatIds;
    reservationId = await held(core, userId, seatIds);
  });
  afterEach("checks the invariants", () => expectInvariants(current().core));

  const extend = () => extendHold(current().core, { userId, reservationId });
  const refusal = async () => codeOf(await failureOf(extend()));

  it("give the whole time again, but never more than the ceiling", async () => {
    const { core } = current();
    const left: number[] = [];
    for (let round = 0; round < 2; round += 1) {
      await passMs(50_000);
      const { expiresAt, latestExpiresAt } = await extend();
      left.push(expiresAt.getTime() - core.clock.nowMs());
      expect(latestExpiresAt.getTime()).to.be.at.least(expiresAt.getTime());
      const found = await core.reservations.find(null, reservationId);
      expect(found).to.deep.include({ status: "PENDING", version: 1, expiresAt });
      const ends = (await core.seats.find(null, seatIds)).map((seat) => seat.holdExpiresAt);
      expect(ends).to.deep.equal([expiresAt, expiresAt]);
    }
    const [whole = 0, rest = 0] = left;
    expect(whole).to.be.within(55_000, 61_000);
    expect(rest).to.be.within(45_000, 51_000);
  });

  it("are refused at the ceiling, and the hold can still be paid", async () => {
    await passMs(50_000);
    await extend();
    await passMs(50_000);
    await extend();
    expect(await refusal()).to.equal("HOLD_EXTENSION_LIMIT");
    const { value } = await payReservation(current().core, { userId, reservationId });
    expect(value).to.include({ reservationId });
  });

  it("are refused after the hold has expired, was paid or cancelled, and of others", async () => {
    const { core } = current();
    const stranger = extendHold(core, { userId: newUserId(), reservationId });
    expect(codeOf(await failureOf(stranger))).to.equal("RESERVATION_NOT_YOURS");
    await passMs(61_000);
    expect(await refusal()).to.equal("HOLD_EXPIRED");
    reservationId = await held(core, userId, seatIds);
    await cancelReservation(core, { userId, reservationId });
    expect(await refusal()).to.equal("RESERVATION_STATE_CONFLICT");
    reservationId = await held(core, userId, seatIds);
    await payReservation(core, { userId, reservationId });
    expect(await refusal()).to.equal("RESERVATION_STATE_CONFLICT");
  });

  it("keep the seats from other buyers, also when both come at the same moment", async () => {
    const { core } = current();
    await passMs(50_000);
    const others = [newUserId(), newUserId(), newUserId()];
    const takes = () => others.map((other) => held(core, other, seatIds));
    const counts = await tally([extend(), ...takes(), extend()]);
    expect(counts).to.include({ ok: 2 });
    await passMs(30_000);
    expect(await tally(takes())).to.not.have.property("ok");
    const { value } = await payReservation(core, { userId, reservationId });
    expect(value.seats).to.have.length(2);
  });
  releasedSeatCase(current, passMs, () => ({ userId, seatIds, reservationId }));
}

function releasedSeatCase(
  current: Current,
  passMs: (ms: number) => Promise<void>,
  hold: () => { userId: number; seatIds: readonly number[]; reservationId: number },
): void {
  it("reach the other seats when an operator gives back one of them meanwhile", async () => {
    const { core } = current();
    const { userId, seatIds, reservationId } = hold();
    const [first = 0, second = 0] = seatIds;
    const release = () =>
      core.withTransaction((tx) =>
        cancelSeatsInside(core, tx, { reservationId, seatIds: [first] }),
      );
    let released: Promise<unknown> | undefined;
    const find: typeof core.reservations.find = async (tx, id) => {
      const found = await core.reservations.find(tx, id);
      released ??= release();
      await released;
      return found;
    };
    await passMs(20_000);
    const racing = { ...core, reservations: { ...core.reservations, find } };
    const { expiresAt } = await extendHold(racing, { userId, reservationId });
    const ends = (await core.seats.find(null, [first, second])).map((seat) => seat.holdExpiresAt);
    expect(ends).to.deep.equal([undefined, expiresAt]);
  });
}

function startCases(current: Current, passMs: PassMs): void {
  it("never pass the start of the performance, and neither does the hold itself", async () => {
    const { core } = current();
    const userId = await chargedUser(core);
    const soon = { startsAt: new Date(core.clock.nowMs() + 80_000) };
    const first = await held(core, userId, (await makeSale(core, 1, soon)).seatIds);
    await passMs(25_000);
    // Where the time of the database passes, the start moves nearer.
    const start = (await core.reservations.find(null, first))?.performanceStartsAt;
    const extend = () => extendHold(core, { userId, reservationId: first });
    const { expiresAt, latestExpiresAt } = await extend();
    expect([expiresAt, latestExpiresAt]).to.deep.equal([start, start]);
    expect(codeOf(await failureOf(extend()))).to.equal("HOLD_EXTENSION_LIMIT");
    const startsAt = new Date(core.clock.nowMs() + 40_000);
    const next = await held(core, userId, (await makeSale(core, 1, { startsAt })).seatIds);
    expect(await core.reservations.find(null, next)).to.deep.include({ expiresAt: startsAt });
    await payReservation(core, { userId, reservationId: next });
  });
}
