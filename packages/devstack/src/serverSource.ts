import type { ServerName, ServerSource } from "./types.ts";

const urlVariables = {
  mysql: "MYSQL_URL",
  redis: "REDIS_URL",
  kafka: "KAFKA_BROKERS",
} as const satisfies Record<ServerName, string>;

/** The environment variable with the server's URL. */
export function urlVariableOf(name: ServerName): string {
  return urlVariables[name];
}

/** The server's URL from the environment; an empty variable counts as absent. */
export function environmentUrl(name: ServerName, env: NodeJS.ProcessEnv): string | undefined {
  const url = env[urlVariables[name]]?.trim();
  return url === undefined || url === "" ? undefined : url;
}

/**
 * Where the server comes from: the URL of the environment, else a server of this stack that still
 * answers (even if a Docker engine has started since), else Docker, else a native process.
 */
export function chooseSource(facts: {
  environmentUrl: string | undefined;
  running: "docker" | "private" | undefined;
  dockerAnswers: boolean;
}): ServerSource {
  if (facts.environmentUrl !== undefined) return "environment";
  if (facts.running !== undefined) return facts.running;
  return facts.dockerAnswers ? "docker" : "private";
}
