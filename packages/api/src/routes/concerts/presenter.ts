import {
  type ConcertSummary,
  type ListedSeat,
  type PerformanceSummary,
  type SeatList,
  venueTime,
} from "@onsale/core";
import type { z } from "zod";
import type { availableDatesAnswer, availableSeatsAnswer, concertList } from "./schema.ts";

type ConcertAnswer = z.input<typeof concertList>["concerts"][number];
type DateAnswer = z.input<typeof availableDatesAnswer>["concerts"][number];
type SeatsAnswer = z.input<typeof availableSeatsAnswer>;

/** Presents a concert of the list. */
export function presentConcert(concert: ConcertSummary): ConcertAnswer {
  return {
    id: concert.id,
    title: concert.title,
    singer: concert.singer,
    queueId: concert.queueId,
    startDate: concert.startDate ?? null,
    endDate: concert.endDate ?? null,
    availableSeats: concert.availableSeats,
    availableAccessibleSeats: concert.availableAccessibleSeats,
  };
}

/**
 * Presents a performance with the field names of the specification.
 * @param buyerSeatsMax the limit of the installation
 */
export function presentPerformance(
  performance: PerformanceSummary,
  buyerSeatsMax: number,
): DateAnswer {
  const { date, time } = venueTime(performance);
  return {
    concertId: performance.concertId,
    concertOptionId: performance.id,
    queueId: performance.queueId,
    title: performance.title,
    concertDate: date,
    concertTime: time,
    concertVenue: performance.venue,
    timeZone: performance.timeZone,
    saleOpensAt: performance.saleOpensAt?.toISOString() ?? null,
    saleClosesAt: performance.saleClosesAt?.toISOString() ?? null,
    seatsPerBuyerMax: performance.seatsPerBuyerMax ?? buyerSeatsMax,
    availableSeats: performance.availableSeats,
    availableAccessibleSeats: performance.availableAccessibleSeats,
  };
}

/** Presents the free seats of a performance, or the changes since an earlier list. */
export function presentSeats(concertOptionId: number, list: SeatList): SeatsAnswer {
  return {
    concertOptionId,
    version: list.version,
    since: list.since ?? null,
    seats: list.seats().map(presentSeat),
    takenSeatIds: [...list.takenSeatIds],
  };
}

function presentSeat(seat: ListedSeat): SeatsAnswer["seats"][number] {
  const { id: seatId, seatNo, section, row = null, price, accessible } = seat;
  return { seatId, seatNo, section, row, price, ...(accessible ? { accessible } : {}) };
}
