import type { Clock } from "@onsale/core";
import { Gauge, Histogram, type Registry } from "prom-client";
import type { Middleware } from "../http/state.ts";

/**
 * Bounds of the histogram, in seconds: from a read that the cache answers to the latest answer that
 * the deadline allows.
 */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Measures the duration of requests by method, route and status, and the number of requests at
 * work.
 */
export function requestMetrics(
  registry: Registry,
  clock: Clock,
  inFlightCount: () => number,
): Middleware {
  const durations = new Histogram({
    name: "onsale_http_request_duration_seconds",
    help: "Time from the request's headers to its answer",
    labelNames: ["method", "route", "status"],
    buckets: SECONDS,
    registers: [registry],
  });
  new Gauge({
    name: "onsale_http_requests_in_flight",
    help: "Requests being worked on",
    registers: [registry],
    collect() {
      this.set(inFlightCount());
    },
  });
  return async (ctx, next) => {
    const startedMs = clock.monotonicMs();
    await next();
    const seconds = (clock.monotonicMs() - startedMs) / 1000;
    const method = KNOWN_METHODS.has(ctx.method) ? ctx.method : "other";
    durations.observe({ method, route: ctx.state.route, status: ctx.status }, seconds);
  };
}

/**
 * Methods that may be a label. Clients can invent methods, and the number of labels must stay
 * bounded.
 */
const KNOWN_METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);
