import type { Tracing } from "@onsale/core";
import type { Middleware } from "../http/state.ts";
import { API_PREFIX } from "../routes/endpoints.ts";

/**
 * Gives each sampled request of a client a span, which continues the trace of the caller's
 * `traceparent` header. Probes and metrics have none.
 */
export function requestSpans(tracing: Tracing): Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith(API_PREFIX)) return next();
    const parent = ctx.get("traceparent") || undefined;
    const attributes = { "onsale.request_id": ctx.state.requestId };
    const span = tracing.start({ name: ctx.method, kind: "server", parent, attributes });
    if (!span) return next();
    ctx.state.span = span;
    try {
      await tracing.within(span, next);
    } catch (error) {
      span.fail(error);
      throw error;
    } finally {
      const { route, problemCode } = ctx.state;
      const { status } = ctx;
      span.rename(`${ctx.method} ${route}`);
      span.set({
        "http.request.method": ctx.method,
        "http.route": route,
        "http.response.status_code": status,
        ...(problemCode === undefined ? {} : { "error.type": problemCode }),
      });
      span.end();
    }
  };
}
