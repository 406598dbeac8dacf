import type { Clock, Logger } from "@onsale/core";
import type { Middleware, RequestContext } from "../http/state.ts";

/** Probes and scrapes come every second and say nothing. */
const QUIET_ROUTES = new Set(["/health/live", "/health/ready", "/metrics"]);

/** One line for each answer; the query and the headers, where a token may hide, are left out. */
export function accessLog(log: Logger, clock: Clock): Middleware {
  return async (ctx, next) => {
    const startedMs = clock.monotonicMs();
    await next();
    const fields = {
      requestId: ctx.state.requestId,
      method: ctx.method,
      route: ctx.state.route,
      path: ctx.path,
      status: ctx.status,
      ms: Math.round((clock.monotonicMs() - startedMs) * 100) / 100,
      userId: ctx.state.userId,
      address: ctx.ip,
      code: ctx.state.problemCode,
    };
    levelFor(log, ctx)(fields);
  };
}

function levelFor(log: Logger, ctx: RequestContext): (fields: Record<string, unknown>) => void {
  if (QUIET_ROUTES.has(ctx.state.route)) return (fields) => log.debug(fields, "answered");
  return (fields) => log.info(fields, "answered");
}
