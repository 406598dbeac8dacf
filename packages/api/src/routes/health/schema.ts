import { z } from "zod";

const stackFields = {
  stack: z
    .enum(["servers", "embedded"])
    .meta({ description: "`embedded`: one process, everything in its memory" }),
  durable: z
    .boolean()
    .meta({ description: "Whether what was acknowledged outlives the process; not embedded" }),
};

/** The answer of the liveness probe. */
export const liveness = z.strictObject({ status: z.literal("live"), ...stackFields });

/** The answer of the readiness probe, whether ready or not. */
export const readiness = z.strictObject({
  status: z.enum(["ready", "unready", "draining"]),
  reason: z
    .literal("WORK_STUCK")
    .optional()
    .meta({
      description:
        "Why the process is unready although its servers are up. `WORK_STUCK`: requests that do " +
        "not end hold nearly every slot; restart the process",
    }),
  dependencies: z
    .array(
      z.strictObject({
        dependency: z.enum(["mysql", "redis", "kafka"]),
        up: z.boolean(),
        needed: z.boolean().meta({ description: "Unready without it" }),
        reason: z.string().nullable().meta({ description: "Why it is not up" }),
      }),
    )
    .meta({ description: "Servers of this process; empty when embedded, which has none" }),
  ...stackFields,
});
