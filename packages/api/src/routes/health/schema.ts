import { z } from "zod";

const stackFields = {
  stack: z
    .enum(["servers", "embedded"])
    .meta({ description: "`embedded`: one process with all data in its memory" }),
  durable: z
    .boolean()
    .meta({ description: "True when acknowledged data survives the process; false when embedded" }),
};

/** The answer of the liveness probe. */
export const liveness = z
  .strictObject({ status: z.literal("live"), ...stackFields })
  .meta({ id: "Liveness" });

const dependencyState = z
  .strictObject({
    dependency: z.enum(["mysql", "redis", "kafka"]),
    up: z.boolean(),
    needed: z
      .boolean()
      .meta({ description: "True when the process cannot be ready without this server" }),
    reason: z
      .enum([
        "NO_ANSWER",
        "NO_CONNECTION",
        "LOGIN_REFUSED",
        "DATABASE_MISSING",
        "TLS_FAILED",
        "NOT_CONFIGURED",
        "READ_ONLY",
      ])
      .nullable()
      .meta({
        description:
          "Why the server is not up, or `READ_ONLY`; the log of the process has the details",
      }),
  })
  .meta({ id: "DependencyState" });

/** The answer of the readiness probe, whether ready or not. */
export const readiness = z
  .strictObject({
    status: z.enum(["ready", "unready", "draining"]),
    reason: z
      .enum(["WORK_STUCK", "MIGRATIONS_PENDING", "DATABASE_READ_ONLY"])
      .optional()
      .meta({
        description:
          "Why the process is unready although its servers are up. `WORK_STUCK`: requests that " +
          "do not end hold nearly every slot; restart the process. `MIGRATIONS_PENDING`: the " +
          "schema is older than the program; run `onsale db migrate`. `DATABASE_READ_ONLY`: " +
          "MySQL answers and accepts no writes",
      }),
    schema: z.enum(["current", "behind", "ahead", "unknown"]).meta({
      description:
        "The schema, compared with this program: `behind` lacks migrations of it, `ahead` has " +
        "migrations that it does not know, as during a rolling upgrade",
    }),
    dependencies: z
      .array(dependencyState)
      .meta({ description: "The servers of this process; empty when embedded" }),
    ...stackFields,
  })
  .meta({ id: "Readiness" });
