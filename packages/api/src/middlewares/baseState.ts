import type { Middleware } from "../http/state.ts";

/** Gives each request a complete state, and the headers that every answer carries. */
export const baseState: Middleware = (ctx, next) => {
  ctx.state = {
    requestId: "",
    route: "unmatched",
    userId: undefined,
    problemCode: undefined,
    overdue: false,
    body: undefined,
  };
  ctx.set("X-Content-Type-Options", "nosniff");
  return next();
};
