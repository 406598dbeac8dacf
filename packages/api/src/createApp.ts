import type { CoreContext, Logger, OnsaleConfig, Role } from "@onsale/core";
import Koa from "koa";
import { Registry } from "prom-client";
import { apiRouter, methodsAndPaths } from "./apiRouter.ts";
import { authenticator } from "./auth/authenticator.ts";
import { requestLimits, workBound } from "./http/requestLimits.ts";
import type { RequestState } from "./http/state.ts";
import { accessLog } from "./middlewares/accessLog.ts";
import { requestMetrics } from "./middlewares/metrics.ts";
import { problem } from "./middlewares/problem.ts";
import { requestState } from "./middlewares/requestState.ts";
import { wellFormed } from "./middlewares/wellFormed.ts";
import { servedRoutes } from "./routes/endpoints.ts";
import { operationsRouter } from "./routes/operations.ts";

/** The parts of an HTTP application. */
export interface AppParts {
  readonly core: CoreContext;
  readonly config: OnsaleConfig;
  readonly log: Logger;
  /** Receives the metrics of this app; two apps cannot share one. Defaults to a new registry. */
  readonly registry?: Registry;
  /** Defaults to "api". A worker serves only its probes and metrics. */
  readonly role?: Role;
  /** True once the process is shutting down; readiness then fails. */
  readonly isDraining?: () => boolean;
  /** Called after each write that succeeded. */
  readonly onWritten?: () => void;
}

/** The proxy appends one address to X-Forwarded-For; the client wrote the entries before it. */
const TRUSTED_PROXIES = 1;

/**
 * The HTTP application on a core that the caller opened. It does not listen and does not close the
 * core.
 *
 * For programs that create their own server or share a core with the app, as tests do:
 * `createServer(createApp({ core, config, log }).callback())`. The app alone promotes no buyer and
 * publishes no message: `startWorker(core)` does. `startServer` starts both and listens.
 */
export function createApp(parts: AppParts): Koa<RequestState> {
  const { core, config, log, registry = new Registry(), role = "api" } = parts;
  const isDraining = parts.isDraining ?? (() => false);
  const app = new Koa<RequestState>({
    proxy: config.http.trustProxy,
    maxIpsCount: TRUSTED_PROXIES,
  });
  // Koa reports here that an answer could not be written; `problem` answers all other errors.
  app.on("error", (error: Error) => {
    log.debug({ event: "http.connection_lost", reason: error.message }, CONNECTION_LOST);
  });
  const bound = workBound(core, config);
  app.use(requestState(core.ids));
  app.use(accessLog(log, core.clock));
  app.use(requestMetrics(registry, core.clock, bound.count));
  app.use(problem(log));
  app.use(wellFormed);
  const { isStuck } = bound;
  const { stack } = config;
  app.use(operationsRouter({ core, stack, registry, role, isDraining, isStuck }).routes());
  if (role === "worker") {
    app.use(methodsAndPaths);
    return app;
  }
  if (config.auth.mode === "trusted") {
    log.warn({ event: "auth.trusted_mode", authMode: "trusted" }, TRUSTED_WARNING);
  }
  const limits = requestLimits(core, config, bound);
  for (const limit of limits.beforeRouting) app.use(limit);
  app.use(
    apiRouter(servedRoutes(config), limits.body, {
      core,
      config,
      authenticate: authenticator(core, config),
      onWritten: parts.onWritten ?? (() => {}),
      openOfUser: limits.openOfUser,
      inSlot: bound.run,
    }),
  );
  app.use(methodsAndPaths);
  return app;
}

const CONNECTION_LOST = "The client closed the connection before the answer was written";
const TRUSTED_WARNING =
  "AUTH_MODE=trusted: the userId of every request is accepted without proof; put a gateway that " +
  "authenticates users in front of this process";
