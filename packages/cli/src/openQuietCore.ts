import { setTimeout as sleep } from "node:timers/promises";
import type { OnsaleConfig, OpenedCore } from "@onsale/core";
import { serverEnvironment } from "./stackEnvironment.ts";

/**
 * How long to wait for connections that open in the background, ms. A server on this network
 * answers sooner.
 */
const CONNECT_MS_MAX = 2_000;
const CONNECT_POLL_MS = 10;

/**
 * Opens core for a command, on the servers of the environment or of the devstack. The log has only
 * errors, unless LOG_LEVEL is set.
 * @throws CliError when there are no servers, ConfigError when the settings are invalid
 */
export async function openQuietCore(): Promise<OpenedCore & { readonly config: OnsaleConfig }> {
  const { readServersConfig } = await import("@onsale/core");
  const { env } = await serverEnvironment();
  const config = readServersConfig({ LOG_LEVEL: "error", ...env });
  return { ...(await openCoreFor(config)), config };
}

/**
 * Opens core without a connection to the broker. Waits until MySQL and Redis answer, or until the
 * time limit.
 */
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
