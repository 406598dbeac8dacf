import cors from "@koa/cors";
import { REPLAYED_HEADER } from "../http/runEndpoint.ts";
import type { Middleware } from "../http/state.ts";

/*
 * Pages of other origins
 *
 * Problem: a browser shows a page of another origin only the answers that allow it, errors too, and
 * asks with a preflight request before it sends a token or a JSON body.
 *
 * With `CORS_ORIGINS`, every answer to an allowed origin allows it: accepted and refused requests,
 * streams, probes and documents. A preflight is answered before limits and credentials, because a
 * browser sends no token with it and cannot repeat it. Tokens are sent in `Authorization`, never in
 * cookies, so no answer allows credentials of the browser, and `*` is safe. Where single origins
 * are allowed, every answer has `Vary: Origin`, so that no cache gives the answer for one page to
 * another.
 *
 * Not covered: answers to bytes that are not HTTP, which no browser sends, and the admin port.
 */

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"];

/** The headers that the API reads, beside those that every page may send. */
const REQUEST_HEADERS = [
  ...["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID"],
  ...["X-Request-Id", "traceparent", "tracestate"],
];

/** The headers of answers that a page may read, beside those that every page may read. */
const EXPOSED_HEADERS = [
  ...["ETag", "Retry-After", "X-Request-Id", REPLAYED_HEADER],
  ...["Allow", "WWW-Authenticate", "traceparent"],
];

/** How long a browser need not ask again: the longest time that Chromium accepts. */
const PREFLIGHT_SECONDS = 7_200;

/** The route of preflight requests in log and metrics. */
export const PREFLIGHT_ROUTE = "preflight";

/**
 * Allows pages of other origins to read the answers.
 * @param origins exactly as browsers send them, or only `*` for every origin
 */
export function crossOrigin(origins: readonly string[]): Middleware {
  const isEvery = origins.includes("*");
  const answer = cors({
    origin(ctx) {
      const origin = ctx.get("Origin");
      if (isEvery) return "*";
      return origins.includes(origin) ? origin : "";
    },
    allowMethods: METHODS,
    allowHeaders: REQUEST_HEADERS,
    exposeHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
    // The answers to errors keep the headers that are set by now.
    keepHeadersOnError: false,
  });
  return async (ctx, next) => {
    // The library sets no header then. A page that sends OPTIONS may read that it is refused.
    if (ctx.method === "OPTIONS" && ctx.get("Access-Control-Request-Method") === "") {
      ctx.vary("Origin");
      const allowed = isEvery ? "*" : origins.find((origin) => origin === ctx.get("Origin"));
      if (allowed !== undefined) {
        ctx.set("Access-Control-Allow-Origin", allowed);
        ctx.set("Access-Control-Expose-Headers", EXPOSED_HEADERS.join(","));
      }
      return next();
    }
    let isPreflight = true;
    await answer(ctx, () => {
      isPreflight = false;
      return next();
    });
    if (!isPreflight) return;
    ctx.state.route = PREFLIGHT_ROUTE;
    ctx.state.forOperators = true;
  };
}
