import { type OnsaleConfig, readConfig } from "@onsale/core";
import { SERVE_HOST } from "./serve/serveOptions.ts";
import { withoutBlanks } from "./stackEnvironment.ts";

export interface EmbeddedConfigInput {
  /** The port; 0 selects a free port. */
  readonly port: number;
  readonly authMode: "jwt" | "trusted";
  /** Settings of the command. Environment variables override them. */
  readonly settings?: NodeJS.ProcessEnv;
}

/**
 * Makes the settings of a command that runs API and worker in its own process, without any server.
 */
export function embeddedConfig(
  { port, authMode, settings }: EmbeddedConfigInput,
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
    HOST: SERVE_HOST,
    PORT: String(port),
    AUTH_MODE: authMode,
    DEV_ISSUER: "true",
  });
}
