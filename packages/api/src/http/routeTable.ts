import { match } from "path-to-regexp";
import { MethodNotAllowedError, RouteNotFoundError } from "../problems/errors.ts";
import type { Endpoint } from "./endpoint.ts";

/** The endpoint that serves a request. */
export interface FoundRoute {
  readonly endpoint: Endpoint;
  /**
   * The path template with its prefix, "/api/v1/concerts/{concertId}". The log and the metrics use
   * it as a label.
   */
  readonly route: string;
  /** The fields of the path, percent-decoded. */
  readonly params: Readonly<Record<string, unknown>>;
}

export interface RouteTable {
  /**
   * Finds the endpoint for a method and a path; undefined when there is none. HEAD is served like
   * GET.
   */
  find(method: string, path: string): FoundRoute | undefined;
  /** Returns the methods of all endpoints with this path; empty for an unknown path. */
  methodsOf(path: string): readonly string[];
}

interface Route {
  readonly endpoint: Endpoint;
  readonly route: string;
  readonly method: string;
  readonly matches: (path: string) => false | { readonly params: Readonly<object> };
}

const NO_PARAMS = {};

/**
 * Makes a table that finds endpoints by method and path. The case of letters in a path matters, so
 * that rules of a proxy for a path apply to every spelling that is served. One slash at the end
 * does not matter.
 * @param prefix the prefix of every path. Endpoints of the specification are also found without it
 */
export function routeTable(endpoints: readonly Endpoint[], prefix: string): RouteTable {
  const routes = endpoints.flatMap((endpoint) =>
    (endpoint.specification ? ["", prefix] : [prefix]).map((start) =>
      routeOf(endpoint, start + endpoint.path),
    ),
  );
  // Endpoints whose path has no fields, by path. Most requests find their endpoint here, without a
  // pattern.
  const plain = new Map(
    routes
      .filter(({ route }) => !route.includes("{"))
      .map((route): [string, Route] => [`${route.method} ${route.route}`, route]),
  );
  // All endpoints, by method and number of segments. A field of a path is always one segment.
  const bySize = Map.groupBy(routes, ({ method, route }) => `${method} ${segmentCount(route)}`);
  return {
    find(method, path) {
      const wanted = method === "HEAD" ? "GET" : method;
      const exact = plain.get(`${wanted} ${path}`);
      if (exact) return { endpoint: exact.endpoint, route: exact.route, params: NO_PARAMS };
      const candidates = bySize.get(`${wanted} ${segmentCount(path)}`) ?? [];
      for (const { endpoint, route, matches } of candidates) {
        const found = matches(path);
        if (found) return { endpoint, route, params: { ...found.params } };
      }
      return undefined;
    },
    methodsOf(path) {
      const methods = routes.filter(({ matches }) => matches(path)).map(({ method }) => method);
      return methods.flatMap((method) => (method === "GET" ? ["HEAD", "GET"] : [method]));
    },
  };
}

/** Returns the error for a request without a route. @param methods the methods that the path has */
export function routeMissing(methods: readonly string[]): Error {
  if (methods.length === 0) return new RouteNotFoundError();
  return new MethodNotAllowedError([...new Set(methods)]);
}

/** Returns the number of segments of a path. One slash at the end does not matter. */
function segmentCount(path: string): number {
  let count = path.endsWith("/") ? -1 : 0;
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) count += 1;
  return count;
}

function routeOf(endpoint: Endpoint, route: string): Route {
  const pattern = route.replaceAll(/\{(\w+)\}/g, ":$1");
  const matches = match(pattern, { decode: decoded, sensitive: true });
  return { endpoint, route, method: endpoint.method.toUpperCase(), matches };
}

/**
 * Decodes a field of a path. A field with invalid percent-encoding stays unchanged, and its schema
 * then refuses it.
 */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
