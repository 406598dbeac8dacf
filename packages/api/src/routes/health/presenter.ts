import type { DependencyHealth, OnsaleConfig } from "@onsale/core";
import type { z } from "zod";
import type { readiness } from "./schema.ts";

type ReadinessAnswer = z.input<typeof readiness>;
type StackFields = Pick<ReadinessAnswer, "stack" | "durable">;

/** The states of a process that decide about its readiness, beside its servers. */
export interface ProcessState {
  readonly draining: boolean;
  /** Requests that do not end take nearly every slot. */
  readonly stuck: boolean;
  /** Every migration of the program has run. */
  readonly migrated: boolean;
}

/** Presents the readiness of a process, with the reason when it is not ready. */
export function presentReadiness(
  health: readonly DependencyHealth[],
  needed: readonly DependencyHealth["dependency"][],
  { draining, stuck, migrated }: ProcessState,
): Omit<ReadinessAnswer, keyof StackFields> {
  const dependencies = health.map(({ dependency, up, reason }) => ({
    dependency,
    up,
    needed: needed.includes(dependency),
    reason: up ? null : (reason ?? "no answer"),
  }));
  const ready = dependencies.every((one) => one.up || !one.needed);
  if (draining) return { status: "draining", dependencies };
  if (stuck) return { status: "unready", reason: "WORK_STUCK", dependencies };
  // While MySQL does not answer, the schema is unknown. `dependencies` then shows the reason.
  if (ready && !migrated) return { status: "unready", reason: "MIGRATIONS_PENDING", dependencies };
  return { status: ready ? "ready" : "unready", dependencies };
}

/** Presents where the process keeps its data, and whether the data survives a restart. */
export function presentStack(stack: OnsaleConfig["stack"]): StackFields {
  return { stack, durable: stack === "servers" };
}
