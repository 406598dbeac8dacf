import { type CoreContext, createConcert, createPerformance } from "@onsale/core";

export const SEAT_PRICE = 1_000;

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

export interface Sale {
  readonly concertId: number;
  readonly performanceId: number;
  /** Ascending. */
  readonly seatIds: readonly number[];
}

/** A concert with one performance in a week; every seat costs `SEAT_PRICE`. */
export async function makeSale(
  core: CoreContext,
  seatCount: number,
  queueId = "main",
): Promise<Sale> {
  const concert = await createConcert(core, { title: "Rush", singer: "The Locks", queueId });
  const { performanceId } = await createPerformance(core, {
    concertId: concert.id,
    startsAt: new Date(core.clock.nowMs() + WEEK_MS),
    venue: "Hall",
    seats: Array.from({ length: seatCount }, (_unused, index) => ({
      seatNo: `A-${index + 1}`,
      section: "A",
      price: SEAT_PRICE,
    })),
  });
  const seats = await core.seats.ofPerformance(null, performanceId);
  return { concertId: concert.id, performanceId, seatIds: seats.map((seat) => seat.id) };
}
