import type { Logger } from "@onsale/core";
import type { Middleware, RequestContext } from "../http/state.ts";
import { writeAnswer } from "../http/writeAnswer.ts";
import { problemAnswer } from "../problems/problemAnswer.ts";

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
  const answer = problemAnswer(error, ctx.state.requestId);
  ctx.state.problemCode = answer.code;
  writeAnswer(ctx, answer);
  logTrouble(ctx, error, answer.status, log);
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
