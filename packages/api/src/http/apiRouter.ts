import { Router } from "@koa/router";
import type { Authenticate } from "../auth/authenticator.ts";
import { MethodNotAllowedError, RouteNotFoundError } from "../errors.ts";
import { authenticate } from "../middlewares/authenticate.ts";
import { jsonBody } from "../middlewares/jsonBody.ts";
import { API_PREFIX, ENDPOINTS } from "../routes/endpoints.ts";
import { type Runtime, runEndpoint } from "./runEndpoint.ts";
import type { Middleware, RequestContext, RequestState } from "./state.ts";

/** Routes every endpoint of the document, the specification's ones also without the prefix. */
export function apiRouter(authenticateAs: Authenticate, runtime: Runtime): Router<RequestState> {
  const router = new Router<RequestState>({ exclusive: true });
  const readBody = jsonBody();
  for (const endpoint of ENDPOINTS) {
    if (endpoint.devIssuerOnly && !runtime.config.auth.devIssuer) continue;
    const steps: Middleware[] = [
      authenticate(authenticateAs, endpoint.access),
      ...(endpoint.readsBody ? [readBody] : []),
      runEndpoint(endpoint, runtime),
    ];
    for (const prefix of endpoint.specification ? ["", API_PREFIX] : [API_PREFIX]) {
      const path = prefix + endpoint.path;
      router.register(pathPattern(path), [endpoint.method], [named(path), ...steps]);
    }
  }
  return router;
}

/** Runs when no route answered: 405 with Allow for a known path, else 404. */
export const methodsAndPaths: Middleware = (ctx) => {
  const methods = methodsOf(ctx);
  throw methods.length > 0 ? new MethodNotAllowedError(methods) : new RouteNotFoundError();
};

/** Notes the route's template for log and metrics. */
export function named(route: string): Middleware {
  return (ctx, next) => {
    ctx.state.route = route;
    return next();
  };
}

/** "/concerts/{concertId}" as the router spells it. */
export function pathPattern(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function methodsOf(ctx: RequestContext): string[] {
  return [...new Set((ctx.matched ?? []).flatMap(({ methods }) => methods))];
}
