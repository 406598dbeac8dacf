import { z } from "zod";

/** The paths of the requests by which a buyer looks, holds and pays. */
export const HOLD_PATH = "/concerts/reserve-seat";
export const PAY_PATH = "/payment/pay";
export const seatListPath = (performanceId: number) => `/concerts/${performanceId}/available-seats`;

/** Matches the path of a seat list, also with a query. */
export const SEAT_LIST_PATH = /^\/concerts\/\d+\/available-seats(\?.*)?$/;

export const payBody = z.object({ reservationId: z.number() });
