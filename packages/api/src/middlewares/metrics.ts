import type { Clock } from "@onsale/core";
import { Gauge, Histogram, type Registry } from "prom-client";
import { isKnownMethod } from "../http/knownMethods.ts";
import { REPLAYED_HEADER } from "../http/runEndpoint.ts";
import type { Middleware } from "../http/state.ts";
import type { ApiActivity } from "../metrics/apiActivity.ts";
import { HTTP_METRICS } from "../metrics/httpMetrics.ts";
import { prometheusOptions } from "../metrics/prometheusMetrics.ts";

/**
 * Bounds of the histogram, in seconds: from a read that the cache answers to the latest answer that
 * the deadline allows.
 */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Measures the duration of requests by method, route and status, and the number of requests at
 * work. Counts the requests of clients in the figures of the process too.
 */
export function requestMetrics(
  registry: Registry,
  clock: Clock,
  { bounds, count }: Pick<ApiActivity, "bounds" | "count">,
): Middleware {
  const optionsOf = (name: keyof typeof HTTP_METRICS) =>
    prometheusOptions(registry, name, HTTP_METRICS[name]);
  const durations = new Histogram({
    ...optionsOf("http_request_duration_seconds"),
    buckets: SECONDS,
  });
  new Gauge({
    ...optionsOf("http_requests_in_flight"),
    collect() {
      this.set(bounds.buying.count());
    },
  });
  new Gauge({
    ...optionsOf("http_waiting_requests_in_flight"),
    collect() {
      this.set(bounds.waiting.count());
    },
  });
  return async (ctx, next) => {
    const startedMs = clock.monotonicMs();
    await next();
    const ms = clock.monotonicMs() - startedMs;
    const method = isKnownMethod(ctx.method) ? ctx.method : "other";
    const { status } = ctx;
    const { route, problemCode: code, forOperators } = ctx.state;
    durations.observe({ method, route, status }, ms / 1000);
    if (forOperators) return;
    const isReplay = ctx.state.answer?.headers[REPLAYED_HEADER] !== undefined;
    count({ route, status, code, isReplay, ms });
  };
}
