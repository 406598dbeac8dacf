import { type OnsaleConfig, readConfig } from "@onsale/core";
import { SERVE_HOST } from "./serve/serveOptions.ts";
import { withoutBlanks } from "./stackEnvironment.ts";

export interface EmbeddedConfigInput {
  /** 0 takes a free one. */
  readonly port: number;
  readonly authMode: "jwt" | "trusted";
  /** Settings that suit the command; the environment may say otherwise. */
  readonly settings?: NodeJS.ProcessEnv;
}

/** Settings of a command that serves API and worker in its own process, without any server. */
export function embeddedConfig(
  { port, authMode, settings }: EmbeddedConfigInput,
  env: NodeJS.ProcessEnv = process.env,
): OnsaleConfig {
  return readConfig({
    ...settings,
    // The log goes to this terminal, where a line for each request would hide the rest; whoever
    // wants them asks for them.
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
