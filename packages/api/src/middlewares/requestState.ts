import { setImmediate as nextLoopPass } from "node:timers/promises";
import type { Ids } from "@onsale/core";
import { rememberedAddresses } from "../http/clientAddress.ts";
import { originForm } from "../http/requestHead.ts";
import { type Middleware, UNMATCHED } from "../http/state.ts";
import { unreadBodies } from "../http/unreadBodies.ts";
import { sendAnswer } from "../http/writeAnswer.ts";

/** A request id with this form is safe in a log line and in a header. Any other id is replaced. */
const SAFE_REQUEST_ID = /^[\w.:~+/=-]{1,128}$/;

/** The path of a request with a malformed target, for the log. Koa cannot parse such a target. */
const UNREADABLE_TARGET = "/(unreadable)";

/**
 * Maximum memory of seat lists that clients have not read yet: 60 versions of the list of a hall
 * with 60,000 seats, which are those of ten seconds or more.
 */
const UNREAD_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Gives each request its state and its id, and sends its answer. The id is the `X-Request-Id` of
 * the client or the proxy if that id is safe, otherwise a new UUID.
 *
 * Node reads a body that is in one packet with its headers after this function has begun. Such a
 * body must not end the connection of a refused request (`sendAnswer`), so the function waits for
 * it.
 */
export function requestState(ids: Ids): Middleware {
  const addressOf = rememberedAddresses();
  const unread = unreadBodies(UNREAD_BYTES_MAX);
  return async (ctx, next) => {
    const forwarded = ctx.app.proxy ? ctx.request.ips.at(-1) : undefined;
    const { address, network } = addressOf(ctx.socket.remoteAddress, forwarded);
    ctx.request.ip = address;
    const given = ctx.get("X-Request-Id");
    const requestId = SAFE_REQUEST_ID.test(given) ? given : ids.uuid();
    const target = originForm(ctx.method, ctx.url);
    ctx.url = target ?? UNREADABLE_TARGET;
    ctx.state = {
      requestId,
      network,
      span: undefined,
      route: UNMATCHED,
      forOperators: false,
      userId: undefined,
      problemCode: undefined,
      overdue: false,
      answer: undefined,
      malformedTarget: target === undefined,
    };
    await next();
    if (ctx.respond === false) return;
    if (!ctx.req.complete) await nextLoopPass();
    sendAnswer(ctx, unread);
  };
}
