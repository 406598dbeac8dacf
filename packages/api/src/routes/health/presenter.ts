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
    reason: up ? (isReadOnly ? "the server is read-only" : null) : (reason ?? "no answer"),
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

/** Presents where the process keeps its data, and whether the data survives a restart. */
export function presentStack(stack: OnsaleConfig["stack"]): StackFields {
  return { stack, durable: stack === "servers" };
}
