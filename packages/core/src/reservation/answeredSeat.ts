import { z } from "zod";
import type { ReservedSeat } from "../ports/reservationStore.ts";

/**
 * A seat in an answer that is stored under an idempotency key. Answers of an earlier version have
 * no section and no row.
 */
export const answeredSeatSchema = z.object({
  ...{ seatId: z.number(), seatNo: z.string(), price: z.number() },
  ...{ section: z.string().optional(), row: z.string().nullish() },
});

/** Makes the seat of an answer. JSON keeps null, so the stored answer equals the first one. */
export function answeredSeat(seat: ReservedSeat): z.infer<typeof answeredSeatSchema> {
  const { seatId, seatNo, section, row = null, price } = seat;
  return { seatId, seatNo, section, row, price };
}
