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

/** What an app is made of. */
export interface AppParts {
  readonly core: CoreContext;
  readonly config: OnsaleConfig;
  readonly log: Logger;
  /** One for each app: its metrics are registered here. Defaults to one of its own. */
  readonly registry?: Registry;
  /** Defaults to "api"; a worker serves its health and metrics only. */
  readonly role?: Role;
  /** True once the process takes leave; readiness tells. */
  readonly isDraining?: () => boolean;
  /** Called after each write that was done. */
  readonly onWritten?: () => void;
}

/** The proxy adds one address to X-Forwarded-For; what stands before it, the client wrote. */
const TRUSTED_PROXIES = 1;

/**
 * The HTTP application on a core that the caller opened; it does not listen, and closes nothing.
 *
 * For programs that listen by themselves, or that share a core with the app, as tests do:
 * `createServer(createApp({ core, config, log }).callback())`. Nobody is let in from the
 * queue and no message is published unless `startWorker(core)` runs as well; `startServer` does
 * all of it.
 */
export function createApp(parts: AppParts): Koa<RequestState> {
  const { core, config, log, registry = new Registry(), role = "api" } = parts;
  const isDraining = parts.isDraining ?? (() => false);
  const app = new Koa<RequestState>({
    proxy: config.http.trustProxy,
    maxIpsCount: TRUSTED_PROXIES,
  });
  // Errors of writing to clients that left; everything else is answered by `problem`.
  app.on("error", (error: Error) => log.debug({ reason: error.message }, "connection lost"));
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
    log.warn({ authMode: "trusted" }, TRUSTED_WARNING);
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

const TRUSTED_WARNING =
  "AUTH_MODE=trusted: every userId is believed; an authenticating gateway must stand in front";
