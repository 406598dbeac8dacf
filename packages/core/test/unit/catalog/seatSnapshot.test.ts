import { expect } from "chai";
import fc from "fast-check";
import {
  changesBetween,
  freeSeats,
  hallOf,
  SEAT_VERSION,
  seatSnapshot,
} from "../../../src/catalog/seatSnapshot.ts";

/** Seats with gaps between their ids, as parallel creations of performances leave them. */
const seatsOf = (count: number) =>
  Array.from({ length: count }, (_unused, index) => ({
    ...{ id: 100 + index * 3, seatNo: `A-${index + 1}`, section: "Floor", row: "A" },
    ...{ price: 1000, accessible: index % 3 === 0 },
  }));

/** A hall, and two sets of its seats that are free. */
const looks = fc
  .integer({ min: 0, max: 70 })
  .map((count) => hallOf(seatsOf(count)))
  .chain((hall) => {
    const ids = hall.seats.map(({ id }) => id);
    return fc.record({
      hall: fc.constant(hall),
      before: fc.subarray(ids),
      after: fc.subarray(ids),
    });
  });

describe("a seat snapshot", () => {
  it("lists, and compares, only the chosen seats", () => {
    const isListed = ({ accessible }: { readonly accessible: boolean }) => !accessible;
    fc.assert(
      fc.property(looks, ({ hall, before, after }) => {
        const [from, to] = [seatSnapshot(hall, before), seatSnapshot(hall, after)];
        const chosen = new Set(hall.seats.filter(isListed).map(({ id }) => id));
        const listed = freeSeats(hall, from, isListed).map(({ id }) => id);
        expect(listed).to.deep.equal(before.filter((id) => chosen.has(id)));
        const { freed, takenSeatIds } = changesBetween(hall, from, to, isListed);
        for (const id of [...freed.map((seat) => seat.id), ...takenSeatIds]) {
          expect(chosen.has(id)).to.equal(true);
        }
      }),
    );
  });

  it("has exactly the free seats of its hall", () => {
    fc.assert(
      fc.property(looks, ({ hall, before }) => {
        const listed = freeSeats(hall, seatSnapshot(hall, before));
        expect(listed.map(({ id }) => id)).to.deep.equal(before);
      }),
    );
  });

  it("and the changes to a later one result in the later list", () => {
    fc.assert(
      fc.property(looks, ({ hall, before, after }) => {
        const [from, to] = [seatSnapshot(hall, before), seatSnapshot(hall, after)];
        const { freed, takenSeatIds } = changesBetween(hall, from, to);
        const taken = new Set(takenSeatIds);
        const kept = freeSeats(hall, from).filter(({ id }) => !taken.has(id));
        const list = [...kept, ...freed].toSorted((a, b) => a.id - b.id);
        expect(list).to.deep.equal(freeSeats(hall, to));
        expect(kept).to.have.length(before.length - takenSeatIds.length);
      }),
    );
  });

  it("has the version of every snapshot with the same seats, and of no other", () => {
    fc.assert(
      fc.property(looks, ({ hall, before, after }) => {
        const [one, other] = [seatSnapshot(hall, before), seatSnapshot(hall, after)];
        expect(one.version).to.match(SEAT_VERSION);
        expect(one.version === other.version).to.equal(before.join() === after.join());
        expect(seatSnapshot(hallOf([...hall.seats]), before)).to.deep.equal(one);
      }),
    );
  });

  it("has another version when a seat of the hall differs", () => {
    const [hall, other] = [hallOf(seatsOf(3)), hallOf(seatsOf(4))];
    const ids = [100, 103];
    expect(seatSnapshot(hall, ids).bits).to.equal(seatSnapshot(other, ids).bits);
    expect(seatSnapshot(hall, ids).version).not.to.equal(seatSnapshot(other, ids).version);
  });

  it("takes one byte for eight seats", () => {
    const hall = hallOf(seatsOf(20_000));
    const ids = hall.seats.map(({ id }) => id);
    expect(Buffer.byteLength(seatSnapshot(hall, ids).bits, "latin1")).to.equal(2_500);
  });
});
