import { setImmediate as nextLoopPass } from "node:timers/promises";
import type { Ids } from "@onsale/core";
import { originForm } from "../http/requestHead.ts";
import type { Middleware } from "../http/state.ts";

/** A request id with this form is safe in a log line and in a header. Any other id is replaced. */
const SAFE_REQUEST_ID = /^[\w.:~+/=-]{1,128}$/;

/** The path of a request with a malformed target, for the log. Koa cannot parse such a target. */
const UNREADABLE_TARGET = "/(unreadable)";

/**
 * Gives each request its state and its id, and sets the headers that every answer carries. The id
 * is the `X-Request-Id` of the client or the proxy if that id is safe, otherwise a new UUID.
 *
 * When an answer is ready before the whole body has arrived, the answer ends the connection.
 * Otherwise the connection would wait for the rest of a body that no code reads. Node reads a body
 * that is in one packet with its headers after this function has begun. A refused request must not
 * cost its client a new connection, so the function looks once more after that.
 */
export function requestState(ids: Ids): Middleware {
  return async (ctx, next) => {
    const given = ctx.get("X-Request-Id");
    const requestId = SAFE_REQUEST_ID.test(given) ? given : ids.uuid();
    const target = originForm(ctx.method, ctx.url);
    ctx.url = target ?? UNREADABLE_TARGET;
    ctx.state = {
      requestId,
      route: "unmatched",
      forOperators: false,
      userId: undefined,
      problemCode: undefined,
      overdue: false,
      malformedTarget: target === undefined,
    };
    ctx.set("X-Request-Id", requestId);
    ctx.set("X-Content-Type-Options", "nosniff");
    await next();
    if (!ctx.req.complete) await nextLoopPass();
    if (!ctx.req.complete) ctx.set("Connection", "close");
  };
}
