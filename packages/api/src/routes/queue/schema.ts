import { z } from "zod";
import { bodyId, instant, pathId, queueId } from "../../http/fields.ts";

export const joinBody = z
  .strictObject({
    userId: bodyId
      .optional()
      .meta({ description: "The caller's own id; required in trusted mode" }),
    queueId: queueId.optional(),
  })
  .meta({ example: { userId: 17, queueId: "main" } });

export const statusParams = z.strictObject({ userId: pathId });

export const statusQuery = z.strictObject({ queueId: queueId.optional() });

/** A place in the queue as the buyer sees it. */
export const ticket = z
  .object({
    token: z.string().meta({
      description: "Send it as Bearer. Each answer contains a new token; earlier ones stay valid",
    }),
    status: z.enum(["WAITING", "ACTIVE"]),
    position: z.int().min(0).meta({ description: "Starts at 1; 0 when ACTIVE" }),
    queueOrder: z.int().min(0).meta({ description: "The same as `position`" }),
    ahead: z.int().min(0).meta({ description: "Number of buyers before this one" }),
    remainingTime: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: "Seconds; the same as `etaSeconds`" }),
    etaSeconds: z.int().min(0).nullable().meta({
      description: "Estimate from the measured admission rate; null while the queue is paused",
    }),
    expiresAt: instant
      .nullable()
      .meta({ description: "When the admission ends; null while WAITING" }),
    pollAfterMs: z.int().min(0).meta({ description: "Ask again after this many milliseconds" }),
  })
  .meta({ id: "QueueTicket" });
