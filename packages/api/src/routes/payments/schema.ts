import { z } from "zod";
import { answerId, bodyId, pathId, points } from "../../http/fields.ts";
import { reservedSeat } from "../reservations/schema.ts";

export const payBody = z
  .strictObject({ reservationId: bodyId })
  .meta({ example: { reservationId: 42 } });

export const paid = z
  .object({
    paymentId: answerId,
    reservationId: answerId,
    status: z.literal("CAPTURED"),
    price: points.meta({ description: "What was paid: the server's price" }),
    seats: z.array(reservedSeat),
    currentPoints: points.meta({ description: "What is left" }),
  })
  .meta({ id: "Payment" });

export const paymentParams = z.strictObject({ paymentId: pathId });

/** A refund needs no more than its path; an empty object may come along. */
export const refundBody = z.strictObject({}).optional();

export const refunded = z
  .object({
    paymentId: answerId,
    reservationId: answerId,
    status: z.literal("REFUNDED"),
    refunded: points,
    currentPoints: points,
  })
  .meta({ id: "Refund" });
