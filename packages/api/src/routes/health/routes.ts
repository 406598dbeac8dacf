import type { CoreContext, DependencyHealth, OnsaleConfig, Role } from "@onsale/core";
import type { Middleware } from "../../http/state.ts";
import type { SchemaState } from "../../schemaWatch.ts";
import { presentReadiness, presentStack } from "./presenter.ts";

/** The servers that a process of each role needs for its work. */
const NEEDED: Readonly<Record<Role, readonly DependencyHealth["dependency"][]>> = {
  api: ["mysql", "redis"],
  queue: ["redis"],
  worker: ["mysql", "redis", "kafka"],
  all: ["mysql", "redis"],
};

/** The liveness probe: succeeds while the process answers, whatever the state of its servers. */
export function liveRoute(stack: OnsaleConfig["stack"]): Middleware {
  return (ctx) => {
    ctx.set("Cache-Control", "no-store");
    ctx.body = { data: { status: "live", ...presentStack(stack) } };
  };
}

export interface ReadyParts {
  readonly core: CoreContext;
  readonly stack: OnsaleConfig["stack"];
  readonly role: Role;
  readonly isDraining: () => boolean;
  /** Returns true when stuck requests take nearly every slot. */
  readonly isStuck: () => boolean;
  readonly schemaState: () => SchemaState;
}

/**
 * The readiness probe: 200 while the process can serve, otherwise 503. It uses the results of the
 * last health checks and never waits.
 */
export function readyRoute(parts: ReadyParts): Middleware {
  const { core, stack, role } = parts;
  return (ctx) => {
    const readiness = presentReadiness(core.health(), NEEDED[role], {
      draining: parts.isDraining(),
      stuck: parts.isStuck(),
      schema: parts.schemaState(),
    });
    ctx.set("Cache-Control", "no-store");
    ctx.status = readiness.status === "ready" ? 200 : 503;
    if (ctx.status === 503) ctx.set("Retry-After", "1");
    ctx.body = { data: { ...readiness, ...presentStack(stack) } };
  };
}
