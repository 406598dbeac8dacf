import { Router } from "@koa/router";
import type { Registry } from "prom-client";
import type { Middleware, RequestState } from "../http/state.ts";
import { API_PREFIX } from "./endpoints.ts";
import { liveRoute, type ReadyParts, readyRoute } from "./health/routes.ts";

export interface OperationsParts extends ReadyParts {
  readonly registry: Registry;
}

/**
 * The content security policy of the page. The page contains its styles, loads no other file and
 * runs no script.
 */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'";

/**
 * Routes for operators and their tools: probes, metrics, the OpenAPI document. These routes have no
 * limits and need no server, so that they answer even during an outage and under overload.
 */
export function operationsRouter(parts: OperationsParts): Router<RequestState> {
  const router = new Router<RequestState>({ exclusive: true });
  const { stack, registry, role } = parts;
  const routes: Record<string, Middleware> = {
    "/health": readyRoute(parts),
    "/health/live": liveRoute(stack),
    "/health/ready": readyRoute(parts),
    "/metrics": metricsRoute(registry),
    ...(role === "worker" ? {} : { "/openapi.json": documentRoute, "/docs": pageRoute }),
  };
  for (const [path, route] of Object.entries(routes)) {
    router.get([path, API_PREFIX + path], named(path), route);
  }
  return router;
}

function metricsRoute(registry: Registry): Middleware {
  return async (ctx) => {
    ctx.set("Cache-Control", "no-store");
    const text = await registry.metrics();
    ctx.set("Content-Type", registry.contentType);
    ctx.body = text;
  };
}

// Loads the libraries at the first request, because loading them at the start would make every
// start a tenth slower.
const documentRoute: Middleware = async (ctx) => {
  const { documentJson } = await import("../openapi/document.ts");
  ctx.type = "application/json";
  ctx.set("Cache-Control", "public, max-age=60");
  ctx.body = documentJson();
};

const pageRoute: Middleware = async (ctx) => {
  const { documentPage } = await import("../openapi/documentPage.ts");
  ctx.type = "text/html; charset=utf-8";
  ctx.set("Cache-Control", "public, max-age=60");
  ctx.set("Content-Security-Policy", PAGE_POLICY);
  ctx.body = documentPage();
};

/** Records the path template for the log and the metrics. */
function named(route: string): Middleware {
  return (ctx, next) => {
    ctx.state.route = route;
    ctx.state.forOperators = true;
    return next();
  };
}
