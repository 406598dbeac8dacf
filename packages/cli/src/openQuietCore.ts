import type { OnsaleConfig, OpenedCore } from "@onsale/core";
import { serverEnvironment } from "./stackEnvironment.ts";

/**
 * Core for a command: logs only errors unless LOG_LEVEL says otherwise, and opens no broker
 * connection.
 * @throws CliError when there are no servers, ConfigError when the settings cannot be used
 */
export async function openQuietCore(): Promise<OpenedCore & { readonly config: OnsaleConfig }> {
  const { createLogger, openCore, readConfig } = await import("@onsale/core");
  const { env } = await serverEnvironment();
  const config = readConfig({ LOG_LEVEL: "error", ...env });
  const opened = await openCore(config, { log: createLogger(config.logLevel), role: "api" });
  return { ...opened, config };
}
