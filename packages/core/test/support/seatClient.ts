import { expect } from "chai";
import type { SeatList } from "../../src/catalog/availableSeats.ts";
import type { ListedSeat } from "../../src/ports/catalogStore.ts";

/** A client that keeps its list up to date, as the API document says. */
export function seatClient() {
  let known = new Map<number, ListedSeat>();
  let version: string | undefined;
  return {
    version: () => version,
    ids: () => [...known.keys()].toSorted((a, b) => a - b),
    take(list: SeatList): void {
      if (list.since === undefined) known = new Map();
      else expect(list.since).to.equal(version);
      for (const seatId of list.takenSeatIds) known.delete(seatId);
      for (const seat of list.seats()) known.set(seat.id, seat);
      version = list.version;
    },
  };
}
