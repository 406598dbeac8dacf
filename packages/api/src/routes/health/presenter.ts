import type { DependencyHealth, OnsaleConfig } from "@onsale/core";

type Dependency = DependencyHealth["dependency"];

export interface Readiness {
  readonly status: "ready" | "unready" | "draining";
  readonly dependencies: readonly {
    readonly dependency: Dependency;
    readonly up: boolean;
    /** Whether this process is unready without it. */
    readonly needed: boolean;
    readonly reason: string | null;
  }[];
}

/** Whether a process can do its work, and why not. */
export function presentReadiness(
  health: readonly DependencyHealth[],
  needed: readonly Dependency[],
  draining: boolean,
): Readiness {
  const dependencies = health.map(({ dependency, up, reason }) => ({
    dependency,
    up,
    needed: needed.includes(dependency),
    reason: up ? null : (reason ?? "no answer"),
  }));
  const ready = dependencies.every((one) => one.up || !one.needed);
  if (draining) return { status: "draining", dependencies };
  return { status: ready ? "ready" : "unready", dependencies };
}

/** Where the process keeps what it is told, and whether it still knows it after its end. */
export function presentStack(stack: OnsaleConfig["stack"]): {
  readonly stack: OnsaleConfig["stack"];
  readonly durable: boolean;
} {
  return { stack, durable: stack === "servers" };
}
