import { setTimeout as sleep } from "node:timers/promises";
import type { OnsaleConfig, OpenedCore } from "@onsale/core";
import { serverEnvironment } from "./stackEnvironment.ts";

/** Connections open in the background; a server on this network answers well within this time. */
const CONNECT_MS_MAX = 2_000;
const CONNECT_POLL_MS = 10;

/**
 * Core for a command on the servers of the environment or the devstack; logs only errors unless
 * LOG_LEVEL says otherwise.
 * @throws CliError when there are no servers, ConfigError when the settings cannot be used
 */
export async function openQuietCore(): Promise<OpenedCore & { readonly config: OnsaleConfig }> {
  const { readServersConfig } = await import("@onsale/core");
  const { env } = await serverEnvironment();
  const config = readServersConfig({ LOG_LEVEL: "error", ...env });
  return { ...(await openCoreFor(config)), config };
}

/** Opens core without a broker connection; waits until MySQL and Redis answer or the time is up. */
export async function openCoreFor(config: OnsaleConfig): Promise<OpenedCore> {
  const { createLogger, openCore } = await import("@onsale/core");
  const opened = await openCore(config, { log: createLogger(config.logLevel), role: "api" });
  const deadlineMs = performance.now() + CONNECT_MS_MAX;
  const isUp = (name: string) =>
    opened.core.health().some(({ dependency, up }) => dependency === name && up);
  while (!(isUp("mysql") && isUp("redis")) && performance.now() < deadlineMs) {
    await sleep(CONNECT_POLL_MS);
  }
  return opened;
}
