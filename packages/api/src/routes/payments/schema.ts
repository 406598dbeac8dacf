import { z } from "zod";
import { answerId, bodyId, pathId, points } from "../../http/fields.ts";
import { reservedSeat, showFields } from "../reservations/schema.ts";

export const payBody = z
  .strictObject({ reservationId: bodyId })
  .meta({ id: "PayRequest", example: { reservationId: 42 } });

export const paid = z
  .object({
    paymentId: answerId,
    reservationId: answerId,
    status: z.literal("CAPTURED"),
    ...showFields,
    price: points.meta({ description: "The price that was paid; the server computes it" }),
    seats: z.array(reservedSeat),
    currentPoints: points.meta({ description: "Balance after the payment" }),
  })
  .meta({ id: "Payment" });

export const paymentParams = z.strictObject({ paymentId: pathId });

/** The body must be empty or missing, because the path names the payment to refund. */
export const refundBody = z.strictObject({}).meta({ id: "RefundRequest" }).optional();

export const refunded = z
  .object({
    paymentId: answerId,
    reservationId: answerId,
    status: z.literal("REFUNDED"),
    ...showFields,
    refunded: points,
    currentPoints: points,
  })
  .meta({ id: "Refund" });
