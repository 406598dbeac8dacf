import { z } from "zod";
import { bodyId, instant, pathId, queueId } from "../../http/fields.ts";

export const joinBody = z
  .strictObject({
    userId: bodyId.optional().meta({
      description: "The caller's own id; in trusted mode it names the caller, as `X-User-Id` does",
    }),
    queueId: queueId.optional(),
  })
  .meta({ id: "JoinQueueRequest", example: { userId: 17, queueId: "main" } });

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
      description:
        "Estimate from the time for which buyers keep their slots; null while the queue is paused",
    }),
    generation: z.int().min(0).nullable().meta({
      description: "Compare it with the queue's status; null when ACTIVE",
    }),
    admittedCount: z.int().min(0).nullable().meta({
      description: "Admissions of the generation so far; null when ACTIVE",
    }),
    expiresAt: instant
      .nullable()
      .meta({ description: "When the admission ends; null while WAITING" }),
    pollAfterMs: z.int().min(0).meta({ description: "Ask again after this many milliseconds" }),
  })
  .meta({ id: "QueueTicket" });

export const overviewParams = z.strictObject({ queueId });

const estimatedWait = z
  .object({ position: z.int().min(1), etaSeconds: z.int().min(1) })
  .meta({ id: "EstimatedWait" });

/** The state of a queue that all its buyers may see. */
export const overview = z
  .object({
    queueId: z.string(),
    mode: z.enum(["open", "paused", "draining"]).meta({
      description: "open: joins and admissions; paused: joins only; draining: admissions only",
    }),
    generation: z
      .int()
      .min(0)
      .meta({
        description:
          "Changes when Redis lost the queue. A client whose place has another generation reads " +
          "its own place again",
      }),
    admittedCount: z
      .int()
      .min(0)
      .meta({
        description:
          "Admissions of the generation so far. A position is now lower by the difference to the " +
          "`admittedCount` of the client's own place",
      }),
    waitingCount: z.int().min(0),
    admissionsPerSecond: z.number().min(0).meta({
      description: "Measured; 0 without an admission in the last minute",
    }),
    waits: z.array(estimatedWait).meta({
      description:
        "Estimated waits at some positions: 1, 10, 100, … and that of a buyer who joins now. " +
        "Between two of them, interpolate. Empty while the queue is paused",
    }),
  })
  .meta({ id: "QueueOverview" });
