import type { Tracing } from "@onsale/core";
import { isKnownMethod } from "../http/knownMethods.ts";
import { type Middleware, UNMATCHED } from "../http/state.ts";
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
    const method = methodNames(ctx.method);
    const span = tracing.start({ name: method.inName, kind: "server", parent, attributes });
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
      if (route !== UNMATCHED) {
        span.rename(`${method.inName} ${route}`);
        span.set({ "http.route": route });
      }
      span.set({
        "http.request.method": method.asAttribute,
        "http.response.status_code": status,
        ...(problemCode === undefined ? {} : { "error.type": problemCode }),
      });
      if (status >= FAILURE_STATUS_MIN) span.failAs(problemCode ?? String(status));
      span.end();
    }
  };
}

/** Semantic conventions: a server's span fails with these answers; others blame the client. */
const FAILURE_STATUS_MIN = 500;

/** Semantic conventions: the words for a method that is none of the well-known ones. */
function methodNames(method: string) {
  return isKnownMethod(method)
    ? { inName: method, asAttribute: method }
    : { inName: "HTTP", asAttribute: "_OTHER" };
}
