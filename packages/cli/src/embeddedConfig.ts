import { type OnsaleConfig, readConfig } from "@onsale/core";
import { SERVE_HOST } from "./serve/serveOptions.ts";
import { withoutBlanks } from "./stackEnvironment.ts";

export interface EmbeddedConfigInput {
  /** 0 takes a free port. */
  readonly port: number;
  readonly authMode: "jwt" | "trusted";
  /** Settings of the command; variables of the environment override them. */
  readonly settings?: NodeJS.ProcessEnv;
}

/** Settings of a command that serves API and worker in its own process, without any server. */
export function embeddedConfig(
  { port, authMode, settings }: EmbeddedConfigInput,
  env: NodeJS.ProcessEnv = process.env,
): OnsaleConfig {
  return readConfig({
    ...settings,
    // The log goes to this terminal, where a line for each request would hide the rest. LOG_LEVEL
    // of the environment overrides this.
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
