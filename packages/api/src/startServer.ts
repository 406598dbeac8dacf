import {
  createLogger,
  type Logger,
  type OnsaleConfig,
  type OpenedCore,
  openCore,
  startWorker,
  type Worker,
} from "@onsale/core";
import { collectDefaultMetrics, Registry } from "prom-client";
import { createApp } from "./createApp.ts";
import { type Listener, listen } from "./http/listen.ts";
import { prometheusMetrics } from "./metrics/prometheusMetrics.ts";
import type { Role } from "./routes/health/routes.ts";

export interface StartServerOptions {
  /** `api` serves requests, `worker` runs the loops (with health and metrics), `all` does both. */
  readonly role: Role;
  /** Defaults to JSON lines at the configured level. */
  readonly log?: Logger;
}

export interface RunningServer {
  /** Where it listens, with the real port. */
  readonly url: string;
  readonly port: number;
  /** Lets work in flight end within `SHUTDOWN_MS`, then disconnects; safe to repeat. */
  close(): Promise<void>;
}

/** Opens core, starts what the role is for, and listens on the configured address. */
export async function startServer(
  config: OnsaleConfig,
  { role, log = createLogger(config.logLevel) }: StartServerOptions,
): Promise<RunningServer> {
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
  const { host, port, requestTimeoutMs, shutdownMs } = config.http;
  let listener: Listener;
  try {
    const { clock, ids } = core;
    listener = await listen(app.callback(), { host, port, requestTimeoutMs, clock, ids });
  } catch (error) {
    await opened.close();
    throw error;
  }
  if (role !== "api") worker = startWorker(core);
  let closing: Promise<void> | undefined;
  return {
    url: listener.url,
    port: listener.port,
    close() {
      draining = true;
      closing ??= closeInOrder(listener, shutdownMs, worker, opened);
      return closing;
    },
  };
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
