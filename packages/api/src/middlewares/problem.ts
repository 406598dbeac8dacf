import { causesOf, type Logger } from "@onsale/core";
import { type Middleware, type RequestContext, traceFields } from "../http/state.ts";
import { writeAnswer } from "../http/writeAnswer.ts";
import { problemAnswer } from "../problems/problemAnswer.ts";

/** Answers a thrown error with problem+json. The client sees the message only of a CoreError. */
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
  const { requestId, route, problemCode: code } = ctx.state;
  const where = { requestId, ...traceFields(ctx), method: ctx.method, route };
  if (status === 503) {
    const [, ...causes] = causesOf(error);
    const event = "http.request_unavailable";
    log.warn({ event, ...where, code, causes }, "A request was answered with 503");
    return;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  const event = "http.request_failed";
  log.error(
    { event, ...where, causes: causesOf(error), stack },
    "A request failed because of a bug; report it",
  );
}
