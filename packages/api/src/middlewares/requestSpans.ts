import type { Tracing } from "@onsale/core";
import type { Middleware } from "../http/state.ts";
import { isForOperators } from "../routes/operations.ts";

/**
 * Gives each sampled request of a client a span, which continues the trace of the caller's
 * `traceparent` header where the sampler follows callers. Probes and metrics have none.
 */
export function requestSpans(tracing: Tracing): Middleware {
  return async (ctx, next) => {
    if (isForOperators(ctx.path)) return next();
    const parent = tracing.followsCallers ? ctx.get("traceparent") || undefined : undefined;
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
