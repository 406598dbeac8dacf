import { type Middleware, UNMATCHED } from "../http/state.ts";
import type { DocumentParts } from "../openapi/document.ts";
import { VIEWER_FILES, type ViewerFile } from "../openapi/viewer.ts";
import { API_PREFIX } from "./endpoints.ts";
import { liveRoute, type ReadyParts, readyRoute } from "./health/routes.ts";
import { type MetricsRouteParts, metricsRoute } from "./metricsRoute.ts";

export interface OperationsParts extends ReadyParts, Omit<MetricsRouteParts, "clock"> {}

/**
 * The content security policy of the page. The page contains its styles, loads no other file and
 * runs no script.
 */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'";

/** Middlewares by their paths, without the prefix. */
type PlainRoutes = Readonly<Record<string, Middleware>>;

/** Routes of probes and metrics. */
export function probeRoutes(parts: OperationsParts): PlainRoutes {
  const { stack, core } = parts;
  return {
    "/health": readyRoute(parts),
    "/health/live": liveRoute(stack),
    "/health/ready": readyRoute(parts),
    [METRICS_PATH]: metricsRoute({ ...parts, clock: core.clock }),
  };
}

/**
 * Routes of the OpenAPI document, which lists what this process serves.
 * @param limit passes on what one client may have open: an answer that its client does not read
 *   keeps its connection
 */
export function documentRoutes(parts: DocumentParts, limit: Middleware): PlainRoutes {
  const routes: [string, Middleware][] = [
    ["/openapi.json", documentRoute(parts)],
    ["/docs", pageRoute(parts)],
    ...Object.entries(VIEWER_FILES).map(([path, read]): [string, Middleware] => [
      path,
      viewerRoute(read),
    ]),
  ];
  const limited = routes.map(([path, route]): [string, Middleware] => [
    path,
    (ctx, next) => limit(ctx, () => route(ctx, next)),
  ]);
  return Object.fromEntries(limited);
}

/**
 * Serves routes for operators and their tools, with and without the prefix; the metrics only
 * without it, because proxies pass the prefix on to everybody. These routes need no server, and
 * probes and metrics have no limits, so that they answer even during an outage and under overload.
 */
export function operationsRoutes(routes: PlainRoutes): Middleware {
  const byPath = new Map(
    Object.entries(routes).flatMap(([path, route]) =>
      pathsOf(path).map((one) => [one, { path, route }] as const),
    ),
  );
  return async (ctx, next) => {
    const found = byPath.get(plainPath(ctx.path));
    if (found === undefined) return next();
    if (!READ_METHODS.includes(ctx.method)) {
      ctx.matched = [{ methods: READ_METHODS }];
      return next();
    }
    ctx.state.route = found.path;
    ctx.state.forOperators = true;
    await found.route(ctx, () => {
      ctx.state.route = UNMATCHED;
      ctx.state.forOperators = false;
      return next();
    });
  };
}

const METRICS_PATH = "/metrics";

const pathsOf = (path: string): string[] =>
  path === METRICS_PATH ? [path] : [path, API_PREFIX + path];

const PATHS = [
  ...["/health", "/health/live", "/health/ready", METRICS_PATH],
  ...["/openapi.json", "/docs", ...Object.keys(VIEWER_FILES)],
];
const ALL_PATHS = new Set(PATHS.flatMap(pathsOf));

/** Returns true for the path of a probe, of the metrics or of a document. */
export function isForOperators(path: string): boolean {
  return ALL_PATHS.has(plainPath(path));
}

const READ_METHODS = ["HEAD", "GET"];

/** As for endpoints, the case of letters in a path matters, and one slash at its end does not. */
function plainPath(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

// The documents load their libraries at the first request, because loading them at the start would
// make every start a tenth slower. Each document is kept as bytes, which all of its answers share:
// answers that their clients do not read then cost no memory of their own.

function documentRoute(parts: DocumentParts): Middleware {
  let json: Buffer | undefined;
  return async (ctx) => {
    const { apiDocument } = await import("../openapi/document.ts");
    json ??= Buffer.from(JSON.stringify(apiDocument(parts)));
    ctx.type = "application/json";
    ctx.set("Cache-Control", "public, max-age=60");
    ctx.body = json;
  };
}

function pageRoute(parts: DocumentParts): Middleware {
  let page: Buffer | undefined;
  return async (ctx) => {
    const { documentPage } = await import("../openapi/documentPage.ts");
    page ??= Buffer.from(documentPage(parts));
    ctx.type = "text/html; charset=utf-8";
    ctx.set("Cache-Control", "public, max-age=60");
    ctx.set("Content-Security-Policy", PAGE_POLICY);
    ctx.body = page;
  };
}

function viewerRoute(read: () => Promise<ViewerFile>): Middleware {
  let file: ViewerFile | undefined;
  return async (ctx) => {
    file ??= await read();
    const { type, body, policy } = file;
    ctx.type = type;
    ctx.set("Cache-Control", "public, max-age=60");
    ctx.set("Content-Security-Policy", policy);
    ctx.body = body;
  };
}
