import assert from "node:assert/strict";
import type { SeatRow, SeatStore, TakenSeat } from "../../ports/seatStore.ts";
import { seatStates } from "../../reservation/seatStates.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import type { SeatTableRow } from "./database/rows.ts";
import type { Statement } from "./database/statement.ts";
import { byId, type Tables } from "./database/tables.ts";
import { isForSale } from "./forSale.ts";
import { cutToMs, dateOf, dateOrNone, toUs } from "./times.ts";

/** The contested rows in memory; see the MySQL adapter for what each statement decides. */
export function memorySeatStore(db: MemoryDb): SeatStore {
  const { tables } = db;
  const { seats, reservationSeats } = tables;
  return {
    hold: (tx, seatIds, reservationId, holdMs) =>
      db.run(tx, "seats.hold", (s) => {
        // Whole milliseconds, because the reservation must expire at the same instant.
        const holdExpiresAtUs = cutToMs(s.nowUs) + toUs(holdMs);
        return s.update<SeatTableRow>(
          seats,
          seats.of(seatIds),
          (seat) => isForSale(seat, s.nowUs),
          (seat) => ({
            ...seat,
            status: "HELD",
            reservationId,
            holdExpiresAtUs,
            version: seat.version + 1,
          }),
        );
      }),

    taken: (tx, seatIds) =>
      db.run(tx, "seats.taken", (s) =>
        s.read(seats.of(seatIds)).flatMap((seat) => presentTaken(s, tables, seat)),
      ),

    confirm: (tx, reservationId) =>
      db.run(tx, "seats.confirm", (s) =>
        changeSeats(s, tables, { reservationId, from: "HELD" }, (seat) => ({
          ...seat,
          status: "SOLD",
          holdExpiresAtUs: null,
        })),
      ),

    async release(tx, reservationId, from) {
      seatStates.requireMove(from, "AVAILABLE");
      const released = await db.run(tx, "seats.release:seats", (s) =>
        changeSeats(s, tables, { reservationId, from }, (seat) => ({
          ...seat,
          status: "AVAILABLE",
          reservationId: null,
          holdExpiresAtUs: null,
          version: seat.version + 1,
        })),
      );
      await db.run(tx, "seats.release:liveLinks", (s) =>
        s.update(
          reservationSeats,
          reservationSeats.by("reservation", reservationId),
          (link) => link.live === 1,
          (link) => ({ ...link, live: null }),
        ),
      );
      return released;
    },

    find: (tx, seatIds) =>
      db.run(tx, "seats.find", (s) => s.read(seats.of(seatIds)).map(presentSeat)),

    ofPerformance: (tx, performanceId) =>
      db.run(tx, "seats.ofPerformance", (s) =>
        s.where(seats, "performance", performanceId).sort(byId).map(presentSeat),
      ),
  };
}

/** Changes the seats that the reservation still has, fenced by their versions, in id order. */
async function changeSeats(
  s: Statement,
  { seats, reservationSeats }: Tables,
  hold: { readonly reservationId: number; readonly from: "HELD" | "SOLD" },
  change: (seat: SeatTableRow) => SeatTableRow,
): Promise<number> {
  const { reservationId, from } = hold;
  const links = await s.lock(
    reservationSeats.by("reservation", reservationId),
    (link) => link.live === 1,
  );
  const versions = new Map(links.map((link) => [link.seatId, link.seatVersion]));
  const joined = seats.of([...versions.keys()]);
  const count = await s.update(
    seats,
    joined,
    (seat) =>
      seat.reservationId === reservationId &&
      seat.status === from &&
      seat.version === versions.get(seat.id),
    change,
  );
  // A join lets go of a row that does not match when it reads the next one, so it keeps the last.
  await s.lock(joined.slice(-1), () => true);
  return count;
}

/** One answer for each live link, as an outer join gives it; by the unique key there is one. */
function presentTaken(s: Statement, tables: Tables, seat: SeatTableRow): TakenSeat[] {
  const performance = s.find(tables.performances, seat.performanceId);
  const concert = performance && s.find(tables.concerts, performance.concertId);
  assert(concert && seat.holdExpiresAtUs !== null, `seat ${seat.id} is on sale and was taken`);
  const links = s.where(tables.reservationSeats, "reservation_seats_one_live", seat.id);
  const taken = {
    id: seat.id,
    seatNo: seat.seatNo,
    price: seat.price,
    performanceId: seat.performanceId,
    queueId: concert.queueId,
    performanceStartsAt: dateOf(performance.startsAtUs),
    version: seat.version,
    holdExpiresAt: dateOf(seat.holdExpiresAtUs),
  };
  if (links.length === 0) return [{ ...taken, supersededReservationId: undefined }];
  return links.map((link) => ({ ...taken, supersededReservationId: link.reservationId }));
}

function presentSeat(seat: SeatTableRow): SeatRow {
  return {
    id: seat.id,
    performanceId: seat.performanceId,
    seatNo: seat.seatNo,
    price: seat.price,
    status: seat.status,
    reservationId: seat.reservationId ?? undefined,
    holdExpiresAt: dateOrNone(seat.holdExpiresAtUs),
    version: seat.version,
  };
}
