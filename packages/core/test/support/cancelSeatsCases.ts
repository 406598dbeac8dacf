import { expect } from "chai";
import { payReservation } from "../../src/payment/payReservation.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { cancelSeats } from "../../src/reservation/cancelSeats.ts";
import { expectInvariants } from "./expectInvariants.ts";
import { chargedUser, codeOf, failureOf, held, makeSale, newUserId } from "./fixtures.ts";

const PRICES = [100, 70, 30] as const;

interface Party {
  readonly userId: number;
  readonly seatIds: readonly number[];
  readonly reservationId: number;
}

type Current = () => { readonly core: CoreContext };

/** A buyer who cancels some seats of a hold, on any servers. */
export function cancelSeatsCases(current: Current): void {
  let party: Party;
  beforeEach("holds three seats of different prices", async () => {
    const { core } = current();
    const { seatIds } = await makeSale(core, PRICES.length, { prices: PRICES });
    const userId = await chargedUser(core, 1_000);
    party = { userId, seatIds, reservationId: await held(core, userId, seatIds) };
  });
  afterEach("checks the invariants", () => expectInvariants(current().core));
  const acts = actsOf(current, () => party);
  acceptedCases(current, acts);
  otherCases(current, acts);
}

/** The acts name seats by their place in the party. */
function actsOf(current: Current, party: () => Party) {
  const idsAt = (...at: number[]) => at.map((one) => party().seatIds[one] ?? 0);
  return {
    party,
    idsAt,
    cancel: (...at: number[]) => cancelSeats(current().core, { ...party(), seatIds: idsAt(...at) }),
    async refusal(given: Partial<Party>) {
      const input = { ...party(), seatIds: idsAt(0), ...given };
      return codeOf(await failureOf(cancelSeats(current().core, input)));
    },
    pay: () => payReservation(current().core, party()),
    now: () => current().core.reservations.find(null, party().reservationId),
    statuses: async () =>
      (await current().core.seats.find(null, party().seatIds)).map(({ status }) => status),
  };
}

type Acts = ReturnType<typeof actsOf>;

function acceptedCases(current: Current, { idsAt, cancel, pay, now, statuses }: Acts): void {
  it("keeps the other seats, at their price", async () => {
    expect(await cancel(0)).to.deep.equal({ replayed: false });
    expect(await statuses()).to.deep.equal(["AVAILABLE", "HELD", "HELD"]);
    expect(await now()).to.include({ status: "PENDING", amount: 100, version: 2 });
    await held(current().core, newUserId(), idsAt(0));
  });

  it("changes nothing by a repetition, also after another buyer got the seat or paid", async () => {
    await cancel(0);
    await held(current().core, newUserId(), idsAt(0));
    expect(await cancel(0)).to.deep.equal({ replayed: true });
    expect(await now()).to.include({ version: 2 });
    await pay();
    expect(await cancel(0)).to.deep.equal({ replayed: true });
    expect(await statuses()).to.deep.equal(["HELD", "SOLD", "SOLD"]);
  });

  it("takes only the seats that are left of those that are named", async () => {
    await cancel(0);
    expect(await cancel(0, 1)).to.deep.equal({ replayed: false });
    expect(await now()).to.include({ status: "PENDING", amount: 30, version: 3 });
  });

  it("ends the hold with its last seats", async () => {
    await cancel(2);
    expect(await cancel(0, 1)).to.deep.equal({ replayed: false });
    expect(await now()).to.include({ status: "CANCELLED", version: 3 });
    expect(await statuses()).to.deep.equal(["AVAILABLE", "AVAILABLE", "AVAILABLE"]);
    expect(await cancel(0, 1, 2)).to.deep.equal({ replayed: true });
    expect(await cancel(1)).to.deep.equal({ replayed: true });
  });
}

function otherCases(current: Current, { party, idsAt, cancel, refusal, pay, ...acts }: Acts): void {
  it("cancels each seat once, however many requests come at the same moment", async () => {
    const race = await Promise.all([cancel(0), cancel(0), cancel(0, 1), cancel(0, 1)]);
    expect(race.filter(({ replayed }) => !replayed).length).to.be.within(1, 2);
    expect(await acts.now()).to.include({ status: "PENDING", amount: 30 });
    await cancelReservation(current().core, party());
  });

  it("is paid at the price of the seats that are left, whichever is first", async () => {
    const race = await Promise.allSettled([cancel(0), pay()]);
    const codes = race.flatMap((one) => (one.status === "rejected" ? codeOf(one.reason) : []));
    expect(codes).to.satisfy((all: string[]) =>
      all.every((code) => ["RESERVATION_CHANGED", "RESERVATION_STATE_CONFLICT"].includes(code)),
    );
    const { value } = await pay();
    expect(value.price).to.equal((await acts.now())?.amount);
  });

  it("refuses strangers, unknown holds, seats of others and paid reservations", async () => {
    expect(await refusal({ userId: newUserId() })).to.equal("RESERVATION_NOT_YOURS");
    expect(await refusal({ reservationId: 999_999_999 })).to.equal("RESERVATION_NOT_FOUND");
    const { seatIds: others } = await makeSale(current().core, 1);
    const foreign = await refusal({ seatIds: [...idsAt(0), ...others] });
    expect(foreign).to.equal("SEAT_NOT_IN_RESERVATION");
    expect(await acts.now()).to.include({ version: 1 });
    await pay();
    expect(await refusal({})).to.equal("RESERVATION_STATE_CONFLICT");
    expect(await acts.statuses()).to.deep.equal(["SOLD", "SOLD", "SOLD"]);
  });
}
