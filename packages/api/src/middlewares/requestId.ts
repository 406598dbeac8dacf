import type { Ids } from "@onsale/core";
import type { Middleware } from "../http/state.ts";

/** What may stand in a log line and a header as it is; anything else gets a name of ours. */
const SANE = /^[\w.:~+/=-]{1,128}$/;

/** Names the request: by the client's or the proxy's `X-Request-Id` when sane, else by a UUID. */
export function requestId(ids: Ids): Middleware {
  return (ctx, next) => {
    const given = ctx.get("X-Request-Id");
    ctx.state.requestId = SANE.test(given) ? given : ids.uuid();
    ctx.set("X-Request-Id", ctx.state.requestId);
    return next();
  };
}
