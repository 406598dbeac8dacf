import type { DependencyHealth, OnsaleConfig } from "@onsale/core";
import type { z } from "zod";
import type { SchemaState } from "../../schemaWatch.ts";
import type { readiness } from "./schema.ts";

type ReadinessAnswer = z.input<typeof readiness>;
type StackFields = Pick<ReadinessAnswer, "stack" | "durable">;

/** The states of a process that decide about its readiness, beside its servers. */
export interface ProcessState {
  readonly draining: boolean;
  /** Requests that do not end take nearly every slot. */
  readonly stuck: boolean;
  /** The schema, compared with the migrations of the program. */
  readonly schema: SchemaState;
}

/** Presents the readiness of a process, with the reason when it is not ready. */
export function presentReadiness(
  health: readonly DependencyHealth[],
  needed: readonly DependencyHealth["dependency"][],
  { draining, stuck, schema }: ProcessState,
): Omit<ReadinessAnswer, keyof StackFields> {
  const dependencies = health.map(({ dependency, up, reason, isReadOnly }) => ({
    dependency,
    up,
    needed: needed.includes(dependency),
    reason: up ? (isReadOnly ? "READ_ONLY" : null) : reasonClass(reason),
  }));
  const facts = { schema, dependencies };
  const ready = dependencies.every((one) => one.up || !one.needed);
  const isReadOnly = health.some((one) => one.isReadOnly && needed.includes(one.dependency));
  if (draining) return { status: "draining", ...facts };
  if (stuck) return { status: "unready", reason: "WORK_STUCK", ...facts };
  if (!ready) return { status: "unready", ...facts };
  if (isReadOnly) return { status: "unready", reason: "DATABASE_READ_ONLY", ...facts };
  // A newer schema is no reason: in a rolling upgrade, processes of both versions serve.
  const isMigrated = schema === "current" || schema === "ahead";
  return isMigrated
    ? { status: "ready", ...facts }
    : { status: "unready", reason: "MIGRATIONS_PENDING", ...facts };
}

/**
 * The class of a failure. The text of the driver names users, hosts and databases, and anybody can
 * read a probe; the log has the text.
 */
function reasonClass(reason = ""): ReasonClass {
  return REASONS.find(([pattern]) => pattern.test(reason))?.[1] ?? "NO_CONNECTION";
}

type ReasonClass = NonNullable<ReadinessAnswer["dependencies"][number]["reason"]>;

const REASONS: readonly (readonly [RegExp, ReasonClass])[] = [
  [/ is not set$/, "NOT_CONFIGURED"],
  [/access denied|WRONGPASS|NOAUTH|NOPERM|SASL|authenticat/i, "LOGIN_REFUSED"],
  [/unknown database/i, "DATABASE_MISSING"],
  [/certificate|\b(TLS|SSL)\b/i, "TLS_FAILED"],
  [/no answer|not connected yet|timed? ?out/i, "NO_ANSWER"],
];

/** Presents where the process keeps its data, and whether the data survives a restart. */
export function presentStack(stack: OnsaleConfig["stack"]): StackFields {
  return { stack, durable: stack === "servers" };
}
