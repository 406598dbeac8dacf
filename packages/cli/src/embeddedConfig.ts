import { type OnsaleConfig, readConfig } from "@onsale/core";
import { LOOPBACK_HOST, type ServeAddress } from "./serve/serveOptions.ts";
import { withoutBlanks } from "./stackEnvironment.ts";

export interface EmbeddedConfigInput extends Pick<ServeAddress, "port"> {
  /** Default: this machine only. */
  readonly host?: string;
  readonly authMode: "jwt" | "trusted";
  /** Settings of the command. Environment variables override them. */
  readonly settings?: NodeJS.ProcessEnv;
}

/**
 * Makes the settings of a command that runs API and worker in its own process, without any server.
 */
export function embeddedConfig(
  { host = LOOPBACK_HOST, port, authMode, settings }: EmbeddedConfigInput,
  env: NodeJS.ProcessEnv = process.env,
): OnsaleConfig {
  return readConfig({
    ...settings,
    // The log goes to this terminal, where one line for each request would hide the other output.
    // LOG_LEVEL overrides this level.
    LOG_LEVEL: "error",
    ...withoutBlanks(env),
    STACK: "embedded",
    ROLE: "all",
    HOST: host,
    PORT: String(port),
    AUTH_MODE: authMode,
    DEV_ISSUER: "true",
  });
}
