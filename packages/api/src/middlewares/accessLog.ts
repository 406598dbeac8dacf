import type { Clock, LogFields, Logger } from "@onsale/core";
import { type Middleware, type RequestContext, traceFields } from "../http/state.ts";
import { PREFLIGHT_ROUTE } from "./crossOrigin.ts";

/**
 * Routes that are logged only at level debug: probes and scrapes arrive every second, and a browser
 * sends a preflight in addition to the request itself.
 */
const QUIET_ROUTES = new Set(["/health/live", "/health/ready", "/metrics", PREFLIGHT_ROUTE]);

/**
 * Logs one line for each answer. The line has no query and no headers, because they can contain
 * tokens.
 */
export function accessLog(log: Logger, clock: Clock): Middleware {
  return async (ctx, next) => {
    const startedMs = clock.monotonicMs();
    await next();
    const fields = {
      event: "http.answered",
      requestId: ctx.state.requestId,
      ...traceFields(ctx),
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

const ANSWERED = "A request was answered";

function levelFor(log: Logger, ctx: RequestContext): (fields: LogFields) => void {
  if (QUIET_ROUTES.has(ctx.state.route)) return (fields) => log.debug(fields, ANSWERED);
  return (fields) => log.info(fields, ANSWERED);
}
