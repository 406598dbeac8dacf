import { expect } from "chai";
import type { BuyerOutcome } from "../../../src/actors/buyerEnded.ts";
import type { SessionResult } from "../../../src/actors/runSession.ts";
import { layOutHall } from "../../../src/rush/layOutHall.ts";
import { mapOfSeats, type SeatAtEnd, summariseSale } from "../../../src/rush/saleOutcome.ts";
import { plainBuyer } from "../../support/fakeRush.ts";

type Status = SeatAtEnd["status"];

const seats = (...statuses: readonly Status[]): ReadonlyMap<number, SeatAtEnd> =>
  new Map(
    statuses.map((status, index) => [
      index + 1,
      { status, price: 100, soldMs: status === "SOLD" ? (index + 1) * 10 : null },
    ]),
  );

const story = (outcome: BuyerOutcome): SessionResult => ({
  index: 0,
  outcome,
  reason: undefined,
  intendedMs: 0,
  startedMs: 0,
  admittedMs: 0,
  endedMs: 0,
  boughtSeatIds: [],
  soldMs: undefined,
});

const clientsOf = (...partySizes: readonly number[]) => ({
  clients: partySizes.map((partySize) => plainBuyer({ partySize })),
  stories: [story("found-nothing")],
});

describe("summariseSale", () => {
  it("returns the time of the last sale when all seats are sold", () => {
    expect(summariseSale(seats("SOLD", "SOLD"), clientsOf(4))).to.deep.equal({
      seats: 2,
      sold: 2,
      held: 0,
      available: 0,
      soldOutMs: 20,
      lastSaleMs: 20,
      unsoldReason: null,
      revenue: 200,
    });
  });

  it("names too little demand as the reason for unsold seats", () => {
    const { unsoldReason, soldOutMs } = summariseSale(seats("SOLD", "AVAILABLE"), clientsOf(1));
    expect(soldOutMs).to.equal(null);
    expect(unsoldReason).to.equal("1 not wanted: all buyers together wanted 1 seats");
  });

  it("says that seats became free too late or are still held", () => {
    const { unsoldReason } = summariseSale(seats("SOLD", "AVAILABLE", "HELD"), clientsOf(4, 4));
    expect(unsoldReason).to.include("1 still held by buyers who left");
    expect(unsoldReason).to.include("1 for sale again after the last buyer had left");
  });

  it("says that the rush was stopped early", () => {
    const people = { clients: [plainBuyer()], stories: [story("stopped")] };
    expect(summariseSale(seats("AVAILABLE"), people).unsoldReason).to.include("ended early");
  });
});

describe("layOutHall", () => {
  for (const count of [1, 2, 3, 40, 500, 1001]) {
    it(`lays out exactly ${count} seats with different numbers, the dearest first`, () => {
      const hall = layOutHall(count);
      expect(hall).to.have.length(count);
      expect(new Set(hall.map((seat) => seat.seatNo)).size).to.equal(count);
      const prices = hall.map((seat) => seat.price);
      expect(prices).to.deep.equal(prices.toSorted((a, b) => b - a));
    });
  }

  it("keeps the sections separate in the seat map", () => {
    const hall = layOutHall(10).map((seat, index) => ({ ...seat, id: index + 1 }));
    const map = mapOfSeats(hall, seats("SOLD", "HELD"));
    expect(map.map(({ section, soldMs }) => [section, soldMs.length])).to.deep.equal([
      ["A", 2],
      ["B", 3],
      ["C", 5],
    ]);
    expect(map[0]?.soldMs).to.deep.equal([10, null]);
  });
});
