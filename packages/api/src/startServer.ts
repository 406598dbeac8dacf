import assert from "node:assert/strict";
import {
  ConfigError,
  type CoreContext,
  createLogger,
  type Logger,
  type OnsaleConfig,
  type OpenedCore,
  openCore,
  openTracing,
  type Role,
  startWorker,
  type Tracing,
  type Worker,
} from "@onsale/core";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { type AppParts, createApp } from "./createApp.ts";
import { connectionsMax, OPERATOR_CONNECTIONS_MAX } from "./http/connectionsMax.ts";
import { type Listener, type ListenOptions, listen } from "./http/listen.ts";
import { apiActivity } from "./metrics/apiActivity.ts";
import { HTTP_METRICS } from "./metrics/httpMetrics.ts";
import { reportLoad } from "./metrics/loadReports.ts";
import { prometheusMetrics, prometheusOptions } from "./metrics/prometheusMetrics.ts";
import { type PlaceEvents, placeEvents } from "./placeEvents/placeEvents.ts";
import { isServable, watchSchema } from "./schemaWatch.ts";

export interface StartServerOptions {
  /**
   * `api` serves requests, `queue` only those of waiting buyers, `worker` runs the loops (with
   * probes and metrics), `all` serves requests and runs the loops.
   * Default: the configured role. An embedded process is always `all`.
   */
  readonly role?: Role;
  /** Default: a log of JSON lines at the configured level. */
  readonly log?: Logger;
}

export interface RunningServer {
  /** The base URL, with the port that the system chose for `PORT=0`. */
  readonly url: string;
  readonly port: number;
  /** The base URL of the admin endpoints; undefined without `ADMIN_PORT` and in a worker. */
  readonly adminUrl: string | undefined;
  /** The base URL of the metrics; undefined without `METRICS_PORT` and in a worker. */
  readonly metricsUrl: string | undefined;
  /**
   * The core that the endpoints use. The program can call workflows on it, for example to create
   * concerts or to check the invariants. In an embedded process, HTTP is the only other access to
   * the data. After `close()`, a core on servers cannot be used. An embedded core can still read
   * and write its data, but it promotes no buyer and publishes no message.
   */
  readonly core: CoreContext;
  /**
   * Makes the readiness probe answer 503 `draining`, and serves on: a balancer takes the process
   * out before it closes.
   */
  drain(): void;
  /**
   * Waits up to `SHUTDOWN_MS` for running work, then closes all connections. Further calls have no
   * effect.
   */
  close(): Promise<void>;
}

/**
 * Opens a core, starts the parts that belong to the role, and listens on the configured address.
 *
 * With `STACK=embedded` the whole product runs in this process and needs no other server:
 * `const server = await startServer(readConfig({ STACK: "embedded", PORT: "0" }))`.
 * On servers, the process waits for pending migrations: until they have run, it is not ready, and
 * starts no worker.
 * @throws ConfigError for a role that an embedded process cannot have
 * @throws the error of `listen` (`EADDRINUSE`, …) when the address cannot be used. Everything is
 *   closed again before
 */
export async function startServer(
  config: OnsaleConfig,
  options: StartServerOptions = {},
): Promise<RunningServer> {
  const { role = config.role, log = createLogger(config.logLevel) } = options;
  refuseForeignRole(config, role);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = prometheusMetrics(registry, log);
  const tracing = await openTracing(config, { log, metrics, role });
  const opened = await openCore(config, { log, metrics, role, tracing });
  const { core } = opened;
  let draining = false;
  let worker: Worker | undefined;
  const schema = await watchSchema(config, core, role);
  const { state: schemaState } = schema;
  const activity = apiActivity(core, config);
  const listening = listenOptions(config, core, { role, log });
  const streams = placeEvents(core, streamsMax(config, listening));
  const bounded = { ...config, http: boundedHttp(config, listening) };
  const parts = { core, config: bounded, log, role, tracing, onWritten: () => worker?.nudge() };
  const isDraining = (): boolean => draining;
  const shared = { ...parts, isDraining, schemaState };
  const main = { ...shared, registry, activity, streams };
  const { shutdownMs } = config.http;
  const listeners: Listeners = {};
  const allListeners = () => Object.values(listeners);
  try {
    for (const [surface, port] of portsOf(config, role)) {
      const app = surface === "admin" ? shared : main;
      const handler = createApp({ ...app, surface }).callback();
      const bound = surface === "main" ? listening.connectionsMax : OPERATOR_CONNECTIONS_MAX;
      listeners[surface] = await listen(handler, { ...listening, port, connectionsMax: bound });
    }
  } catch (error) {
    schema.stop();
    await closeInOrder(allListeners(), shutdownMs, [worker], opened, tracing);
    throw error;
  }
  const listener = listeners.main;
  assert(listener, "the first listener is open");
  observeConnections(registry, listener, streams);
  warnOfMemory(config, log);
  const startOnCurrentSchema = (): void => {
    const hasLoops = role === "worker" || role === "all";
    if (hasLoops && isServable(schemaState()) && !draining) worker = startWorker(core);
  };
  if (isServable(schemaState())) startOnCurrentSchema();
  else void schema.settled.then(startOnCurrentSchema);
  const reports = role === "worker" ? undefined : reportLoad(core, activity);
  let closing: Promise<void> | undefined;
  return {
    url: listener.url,
    port: listener.port,
    adminUrl: listeners.admin?.url,
    metricsUrl: listeners.metrics?.url,
    core,
    drain() {
      draining = true;
    },
    close() {
      draining = true;
      schema.stop();
      const activities = [worker, reports, { stop: streams.close }];
      closing ??= closeInOrder(allListeners(), shutdownMs, activities, opened, tracing);
      return closing;
    },
  };
}

type Surface = NonNullable<AppParts["surface"]>;
type Listeners = Partial<Record<Surface, Listener>>;

/** The ports that a process of this role listens on, by what they serve. */
function portsOf(config: OnsaleConfig, role: Role): readonly (readonly [Surface, number])[] {
  const { port: adminPort } = config.admin;
  const { port: metricsPort } = config.metrics;
  const hasAdmin = role !== "worker" && role !== "queue";
  return [
    ["main", config.http.port],
    ...(adminPort !== undefined && hasAdmin ? [["admin", adminPort] as const] : []),
    ...(metricsPort !== undefined && role !== "worker" ? [["metrics", metricsPort] as const] : []),
  ];
}

function listenOptions(
  config: OnsaleConfig,
  core: CoreContext,
  { role, log }: { readonly role: Role; readonly log: Logger },
): ListenOptions {
  const { host, port, requestTimeoutMs, connectionsMax: wanted } = config.http;
  const ofDatabase = config.stack === "servers" ? config.mysql.poolMax : 0;
  const ofOperators = (portsOf(config, role).length - 1) * OPERATOR_CONNECTIONS_MAX;
  const possible = connectionsMax(wanted, ofDatabase + ofOperators);
  if (possible < wanted) {
    log.warn(
      { event: "api.connections_lowered", wanted, possible },
      "The process may open too few files for CONNECTIONS_MAX; raise its limit (ulimit -n)",
    );
  }
  const { clock, ids } = core;
  return { host, port, requestTimeoutMs, connectionsMax: possible, clock, ids };
}

/** One address leaves half of the connections to others, also when those are few. */
function boundedHttp({ http }: OnsaleConfig, { connectionsMax: possible }: ListenOptions) {
  const half = Math.max(1, Math.floor(possible / 2));
  return { ...http, openRequestsAddressMax: Math.min(http.openRequestsAddressMax, half) };
}

/** Streams leave half of the connections to other requests, also when those are few. */
function streamsMax({ http }: OnsaleConfig, { connectionsMax: possible }: ListenOptions): number {
  return Math.min(http.queueStreamsMax, Math.floor(possible / 2));
}

function observeConnections(registry: Registry, listener: Listener, streams: PlaceEvents): void {
  const optionsOf = (name: "queue_streams" | "http_connections") =>
    prometheusOptions(registry, name, HTTP_METRICS[name]);
  new Gauge({
    ...optionsOf("queue_streams"),
    collect() {
      this.set(streams.count());
    },
  });
  new Gauge({
    ...optionsOf("http_connections"),
    collect() {
      this.set(listener.connectionCount());
    },
  });
}

function refuseForeignRole(config: OnsaleConfig, role: Role): void {
  if (config.stack !== "embedded" || role === "all") return;
  throw new ConfigError([
    `ROLE: ${role} is not possible with STACK=embedded, because no other process can reach the ` +
      "data in this process's memory; set ROLE=all or leave it out",
  ]);
}

/**
 * Logs one warning at the start, so that the operator knows that this process does not keep its
 * data.
 */
function warnOfMemory(config: OnsaleConfig, log: Logger): void {
  if (config.stack !== "embedded") return;
  const { stack, ignored, generated } = config;
  log.warn(
    { event: "api.not_durable", stack, durable: false, ignored, generated },
    "STACK=embedded: all data is in memory and is lost when this process ends; tokens signed " +
      "with generated secrets become invalid too",
  );
}

/**
 * Ends the requests and the loops first, because both use the connections that are closed
 * afterwards.
 */
async function closeInOrder(
  listeners: readonly Listener[],
  shutdownMs: number,
  activities: readonly ({ stop(): Promise<void> } | undefined)[],
  opened: OpenedCore,
  tracing: Tracing | undefined,
): Promise<void> {
  const closed = listeners.map((listener) => listener.close(shutdownMs));
  await Promise.all([...closed, ...activities.map((activity) => activity?.stop())]);
  await opened.close();
  await tracing?.close();
}
