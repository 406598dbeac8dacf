import {
  ConfigError,
  type CoreContext,
  createLogger,
  type Logger,
  type OnsaleConfig,
  type OpenedCore,
  openCore,
  type Role,
  startWorker,
  type Worker,
} from "@onsale/core";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { createApp } from "./createApp.ts";
import { connectionsMax } from "./http/connectionsMax.ts";
import { type Listener, type ListenOptions, listen } from "./http/listen.ts";
import { prometheusMetrics } from "./metrics/prometheusMetrics.ts";

export interface StartServerOptions {
  /**
   * `api` serves requests, `worker` runs the loops (with health and metrics), `all` does both.
   * Defaults to the configured one; an embedded process is always `all`.
   */
  readonly role?: Role;
  /** Defaults to JSON lines at the configured level. */
  readonly log?: Logger;
}

export interface RunningServer {
  /** Where it listens, with the real port. */
  readonly url: string;
  readonly port: number;
  /**
   * What its workflows run on: to create concerts or ask for the invariants beside the requests.
   * Of an embedded process it is the only way to its data but HTTP. After `close()` it has lost
   * its servers, and an embedded one still reads and writes its memory, where nobody is let in and
   * nothing is published any more.
   */
  readonly core: CoreContext;
  /** Lets work in flight end within `SHUTDOWN_MS`, then disconnects; safe to repeat. */
  close(): Promise<void>;
}

/**
 * Opens core, starts what the role is for, and listens on the configured address.
 *
 * With a config of `STACK=embedded` that is the whole product in this process, without any server:
 * `const server = await startServer(readConfig({ STACK: "embedded", PORT: "0" }))`.
 * @throws ConfigError for a role that an embedded process cannot have; the listening error
 *   (`EADDRINUSE`, …) when the address cannot be had, after everything was closed again
 */
export async function startServer(
  config: OnsaleConfig,
  options: StartServerOptions = {},
): Promise<RunningServer> {
  const { role = config.role, log = createLogger(config.logLevel) } = options;
  refuseForeignRole(config, role);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const opened = await openCore(config, { log, metrics: prometheusMetrics(registry, log), role });
  const { core } = opened;
  let draining = false;
  let worker: Worker | undefined;
  const app = createApp({
    core,
    config,
    log,
    registry,
    role,
    isDraining: () => draining,
    onWritten: () => worker?.nudge(),
  });
  const { shutdownMs } = config.http;
  let listener: Listener;
  try {
    listener = await listen(app.callback(), listenOptions(config, core, log));
  } catch (error) {
    await opened.close();
    throw error;
  }
  observeConnections(registry, listener);
  warnOfMemory(config, log);
  if (role !== "api") worker = startWorker(core);
  let closing: Promise<void> | undefined;
  return {
    url: listener.url,
    port: listener.port,
    core,
    close() {
      draining = true;
      closing ??= closeInOrder(listener, shutdownMs, worker, opened);
      return closing;
    },
  };
}

function listenOptions(config: OnsaleConfig, core: CoreContext, log: Logger): ListenOptions {
  const { host, port, requestTimeoutMs, connectionsMax: wanted } = config.http;
  const ownConnections = config.stack === "servers" ? config.mysql.poolMax : 0;
  const possible = connectionsMax(wanted, ownConnections);
  if (possible < wanted) {
    log.warn(
      { event: "api.connections_lowered", wanted, possible },
      "The process may open too few files for CONNECTIONS_MAX; raise its limit (ulimit -n)",
    );
  }
  const { clock, ids } = core;
  return { host, port, requestTimeoutMs, connectionsMax: possible, clock, ids };
}

function observeConnections(registry: Registry, listener: Listener): void {
  new Gauge({
    name: "onsale_http_connections",
    help: "Open connections of clients",
    registers: [registry],
    collect() {
      this.set(listener.connectionCount());
    },
  });
}

function refuseForeignRole(config: OnsaleConfig, role: Role): void {
  if (config.stack !== "embedded" || role === "all") return;
  throw new ConfigError([
    `ROLE: ${role} cannot be with STACK=embedded, whose memory no other process reaches; only all`,
  ]);
}

/** Said once: nobody who reads the log shall take this process for one that keeps its data. */
function warnOfMemory(config: OnsaleConfig, log: Logger): void {
  if (config.stack !== "embedded") return;
  const { stack, ignored, madeUp } = config;
  log.warn(
    { stack, durable: false, ignored, madeUp },
    "STACK=embedded: everything is in this process's memory and ends with it, as do tokens that " +
      "were signed by made-up secrets",
  );
}

/** Requests first, then the loops, the connections that both use last. */
async function closeInOrder(
  listener: Listener,
  shutdownMs: number,
  worker: { stop(): Promise<void> } | undefined,
  opened: OpenedCore,
): Promise<void> {
  await Promise.all([listener.close(shutdownMs), worker?.stop()]);
  await opened.close();
}
