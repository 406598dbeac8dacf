import { CoreError, type Logger } from "@onsale/core";
import { MethodNotAllowedError } from "../errors.ts";
import { problemBody } from "../http/problemBody.ts";
import type { Middleware, RequestContext } from "../http/state.ts";
import { problemOf } from "../problemOf.ts";

/** Turns what was thrown into problem+json; what is no CoreError tells the client nothing. */
export function problem(log: Logger): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      answerProblem(ctx, error, log);
    }
  };
}

function answerProblem(ctx: RequestContext, error: unknown, log: Logger): void {
  const body = problemBody(error, ctx.state.requestId);
  const known = problemOf(body.code);
  ctx.state.problemCode = body.code;
  ctx.status = known.status;
  ctx.set("Cache-Control", "no-store");
  if (known.status === 401) ctx.set("WWW-Authenticate", "Bearer");
  if (error instanceof MethodNotAllowedError) ctx.set("Allow", error.allow);
  const retryAfter = retryAfterSeconds(error, known.retryAfterSeconds);
  if (retryAfter !== undefined) ctx.set("Retry-After", String(retryAfter));
  ctx.type = "application/problem+json";
  ctx.body = JSON.stringify(body);
  logTrouble(ctx, error, known.status, log);
}

/** Whole seconds, at least one, so that nobody comes back at once. */
function retryAfterSeconds(error: unknown, usual: number | undefined): number | undefined {
  if (usual === undefined || !(error instanceof CoreError)) return usual;
  const waitMs = error.details.retryAfterMs ?? error.details.pollAfterMs;
  return typeof waitMs === "number" ? Math.max(1, Math.ceil(waitMs / 1000)) : usual;
}

function logTrouble(ctx: RequestContext, error: unknown, status: number, log: Logger): void {
  if (status < 500) return;
  const where = { requestId: ctx.state.requestId, method: ctx.method, route: ctx.state.route };
  if (status === 503) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
    log.warn({ ...where, code: ctx.state.problemCode, cause }, "could not serve");
    return;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  log.error({ ...where, stack }, "failed");
}
