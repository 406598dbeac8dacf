import type { CoreContext, Logger, OnsaleConfig, Role, Tracing } from "@onsale/core";
import Koa from "koa";
import { Registry } from "prom-client";
import { apiRouter, methodsAndPaths } from "./apiRouter.ts";
import { authenticator } from "./auth/authenticator.ts";
import { namingTokenKinds } from "./auth/tokenKind.ts";
import { requestLimits } from "./http/requestLimits.ts";
import type { RequestState } from "./http/state.ts";
import { type ApiActivity, apiActivity } from "./metrics/apiActivity.ts";
import { accessLog } from "./middlewares/accessLog.ts";
import { crossOrigin } from "./middlewares/crossOrigin.ts";
import { currentSchema } from "./middlewares/currentSchema.ts";
import { requestMetrics } from "./middlewares/metrics.ts";
import { problem } from "./middlewares/problem.ts";
import { requestSpans } from "./middlewares/requestSpans.ts";
import { requestState } from "./middlewares/requestState.ts";
import { wellFormed } from "./middlewares/wellFormed.ts";
import { type PlaceEvents, placeEvents } from "./placeEvents/placeEvents.ts";
import { routesOf, servedEndpoints } from "./routes/endpoints.ts";
import { documentRoutes, operationsRoutes, probeRoutes } from "./routes/operations.ts";
import { isServable, type SchemaState } from "./schemaWatch.ts";

/** The dependencies of an HTTP application. */
export interface AppParts {
  readonly core: CoreContext;
  readonly config: OnsaleConfig;
  readonly log: Logger;
  /**
   * Receives the metrics of this application. Two applications cannot share a registry. Default: a
   * new registry.
   */
  readonly registry?: Registry;
  /** The work of this application: its bound and its figures. Default: new ones. */
  readonly activity?: ApiActivity;
  /** The streams of this application. The caller closes them. Default: new ones. */
  readonly streams?: PlaceEvents;
  /** Traces the requests. Default: none is traced. */
  readonly tracing?: Tracing | undefined;
  /** The role of the process. A worker serves only its probes and metrics. Default: "api". */
  readonly role?: Role;
  /**
   * admin: only the endpoints for operators, on `ADMIN_PORT`. metrics: only metrics and probes, on
   * `METRICS_PORT`, with the registry of the main application. Default: "main".
   */
  readonly surface?: "main" | "admin" | "metrics";
  /** Returns true while the process is shutting down. The readiness probe then fails. */
  readonly isDraining?: () => boolean;
  /** Returns the state of the schema. While migrations are pending, every request is refused. */
  readonly schemaState?: () => SchemaState;
  /** Called after each successful write. */
  readonly onWritten?: () => void;
}

/**
 * The number of entries of X-Forwarded-For to trust, counted from the end: the proxy appends one,
 * and the client wrote the others.
 */
const TRUSTED_PROXIES = 1;

/**
 * Creates the HTTP application on a core that the caller has opened. The application neither
 * listens nor closes the core.
 *
 * For programs that create their own server or share a core with the app, as tests do:
 * `createServer(createApp({ core, config, log }).callback())`. The application does not promote
 * buyers or publish messages; `startWorker(core)` does both. `startServer` starts both and listens.
 */
export function createApp(parts: AppParts): Koa<RequestState> {
  const { core, config, log, registry = new Registry(), role = "api" } = parts;
  const { isDraining = () => false, schemaState = () => "current", surface = "main" } = parts;
  const app = new Koa<RequestState>({
    proxy: config.http.trustProxy,
    maxIpsCount: TRUSTED_PROXIES,
  });
  // Koa calls this listener when an answer could not be written. The middleware `problem` handles
  // all other errors.
  app.on("error", (error: Error) => {
    log.debug({ event: "http.connection_lost", reason: error.message }, CONNECTION_LOST);
  });
  const { activity = apiActivity(core, config) } = parts;
  const { streams = placeEvents(core, config.http.queueStreamsMax) } = parts;
  const { bounds } = activity;
  app.use(requestState(core.ids));
  if (parts.tracing) app.use(requestSpans(parts.tracing));
  app.use(accessLog(log, core.clock));
  // Two applications cannot write the same metrics.
  if (surface !== "metrics") app.use(requestMetrics(registry, core.clock, activity));
  app.use(problem(log));
  const limits = requestLimits(core, config);
  app.use(wellFormed(limits.takeOfAddress));
  const { corsOrigins } = config.http;
  if (corsOrigins.length > 0 && surface === "main") app.use(crossOrigin(corsOrigins));
  const isStuck = () => bounds.buying.isStuck() || bounds.waiting.isStuck();
  const { stack, metrics } = config;
  const states = { isDraining, isStuck, schemaState };
  const onlyMetrics = surface === "metrics" || role === "worker";
  const metricsParts = { registry, metrics, surface: onlyMetrics ? "metrics" : "main" } as const;
  const probes = { core, stack, role, ...states, ...metricsParts };
  if (onlyMetrics) {
    app.use(operationsRoutes(probeRoutes(probes)));
    app.use(methodsAndPaths);
    return app;
  }
  const endpoints = servedEndpoints(config, { role, surface });
  const hasProbes = surface === "main";
  app.use(
    operationsRoutes({
      ...(hasProbes ? probeRoutes(probes) : {}),
      ...documentRoutes({ endpoints, authMode: config.auth.mode, hasProbes }, limits.openOfAddress),
    }),
  );
  if (config.auth.mode === "trusted" && surface === "main") {
    log.warn({ event: "auth.trusted_mode", authMode: "trusted" }, TRUSTED_WARNING);
  }
  app.use(currentSchema(() => isServable(schemaState())));
  for (const limit of limits.beforeRouting) app.use(limit);
  app.use(
    apiRouter(
      routesOf(endpoints),
      limits.readBody,
      {
        core,
        config,
        authenticate: namingTokenKinds(authenticator(core, config)),
        onWritten: parts.onWritten ?? (() => {}),
        openOfUser: limits.openOfUser,
        boundOf: ({ waitingRoom }) => (waitingRoom ? bounds.waiting : bounds.buying),
      },
      streams,
    ),
  );
  app.use(methodsAndPaths);
  return app;
}

const CONNECTION_LOST = "The client closed the connection before the answer was written";
const TRUSTED_WARNING =
  "AUTH_MODE=trusted: the userId of every request is accepted without proof; put a gateway that " +
  "authenticates users in front of this process";
