import type { CoreContext, DependencyHealth, OnsaleConfig, Role } from "@onsale/core";
import type { Middleware } from "../../http/state.ts";
import { presentReadiness, presentStack } from "./presenter.ts";

/** Servers without which a process of the role cannot do its work. */
const NEEDED: Readonly<Record<Role, readonly DependencyHealth["dependency"][]>> = {
  api: ["mysql", "redis"],
  worker: ["mysql", "redis", "kafka"],
  all: ["mysql", "redis"],
};

/** The process turns; says nothing about the servers behind it. */
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
  /** True while requests that do not end hold nearly every slot. */
  readonly isStuck: () => boolean;
}

/** 200 while traffic is welcome, else 503; from what the watches last saw, so it never waits. */
export function readyRoute(parts: ReadyParts): Middleware {
  const { core, stack, role } = parts;
  return (ctx) => {
    const readiness = presentReadiness(
      core.health(),
      NEEDED[role],
      parts.isDraining(),
      parts.isStuck(),
    );
    ctx.set("Cache-Control", "no-store");
    ctx.status = readiness.status === "ready" ? 200 : 503;
    if (ctx.status === 503) ctx.set("Retry-After", "1");
    ctx.body = { data: { ...readiness, ...presentStack(stack) } };
  };
}
