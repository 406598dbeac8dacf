import type { Ids } from "@onsale/core";
import type { Middleware } from "../http/state.ts";

/** Safe in a log line and in a header; any other request id is replaced. */
const SAFE_REQUEST_ID = /^[\w.:~+/=-]{1,128}$/;

/**
 * Gives each request its state and its id, and sets the headers that every answer carries. The id
 * is the client's or the proxy's `X-Request-Id` when it is safe, else a new UUID.
 *
 * An answer that is ready before the request's body has arrived ends its connection: otherwise the
 * connection would wait for the rest of a body that nothing reads.
 */
export function requestState(ids: Ids): Middleware {
  return async (ctx, next) => {
    const given = ctx.get("X-Request-Id");
    const requestId = SAFE_REQUEST_ID.test(given) ? given : ids.uuid();
    ctx.state = {
      requestId,
      route: "unmatched",
      userId: undefined,
      problemCode: undefined,
      overdue: false,
      body: undefined,
    };
    ctx.set("X-Request-Id", requestId);
    ctx.set("X-Content-Type-Options", "nosniff");
    await next();
    if (!ctx.req.complete) ctx.set("Connection", "close");
  };
}
