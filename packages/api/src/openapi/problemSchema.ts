import { z } from "zod";
import { PROBLEMS } from "../problems/problems.ts";

const codes = z.enum(Object.keys(PROBLEMS)).meta({
  id: "ProblemCode",
  description:
    "Every code, of which each one is stable; docs/reference/ERRORS.md explains them. A newer " +
    "server may have further codes: treat an unknown code by its status",
});

const points = z.int().min(0).optional();
const count = z.int().min(0).optional();
const instant = z.string().optional();

/**
 * The body of a refusal. The fields after `errors` belong to some codes only. A code can have
 * further fields, which only people read.
 */
export const problemSchema = z
  .object({
    type: z.string().meta({ example: "/docs#SEAT_ALREADY_HELD" }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: "What happened, and what to do next" }),
    code: codes,
    requestId: z.string(),
    errors: z
      .array(z.object({ path: z.string(), reason: z.string() }))
      .optional()
      .meta({ description: "INVALID_REQUEST: every field that is not valid" }),
    required: points.meta({ description: "INSUFFICIENT_POINTS: the price" }),
    balance: points.meta({ description: "INSUFFICIENT_POINTS: the points of the buyer" }),
    seatIds: z
      .array(z.int().min(1))
      .optional()
      .meta({ description: "Codes about seats: the seats that cannot be held" }),
    seatsMax: count.meta({ description: "SEAT_LIMIT_REACHED, SEAT_COUNT_INVALID: the limit" }),
    seatsHeld: count.meta({ description: "SEAT_LIMIT_REACHED: unpaid seats of the buyer" }),
    seatsPaid: count.meta({ description: "SEAT_LIMIT_REACHED: paid seats of the buyer" }),
    saleOpensAt: instant.meta({ format: "date-time", description: "SALE_NOT_OPEN" }),
    saleClosesAt: instant.meta({ format: "date-time", description: "SALE_CLOSED" }),
    queueId: z
      .string()
      .optional()
      .meta({ description: "QUEUE_TOKEN_WRONG_QUEUE: the queue to join" }),
    pollAfterMs: count.meta({ description: "QUEUE_TOKEN_NOT_ACTIVE: when to ask again" }),
  })
  .catchall(z.unknown())
  .meta({ id: "Problem", description: "RFC 9457; some codes add further fields" });

/** The headers of a refusal whose code names a pause. */
export const retryAfterHeaders = z.object({
  "Retry-After": z
    .int()
    .min(1)
    .optional()
    .meta({ description: "Seconds; repeat the same request afterwards" }),
});
