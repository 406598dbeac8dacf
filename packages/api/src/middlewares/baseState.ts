import type { Middleware } from "../http/state.ts";

/**
 * Gives each request a complete state, and the headers that every answer carries. An answer that is
 * ready before the request's body has arrived is the last one of its connection: otherwise the
 * connection would wait for the rest of a body that nobody reads.
 */
export const baseState: Middleware = async (ctx, next) => {
  ctx.state = {
    requestId: "",
    route: "unmatched",
    userId: undefined,
    problemCode: undefined,
    overdue: false,
    body: undefined,
  };
  ctx.set("X-Content-Type-Options", "nosniff");
  await next();
  if (!ctx.req.complete) ctx.set("Connection", "close");
};
