import type { ServerName, ServerSource } from "./types.ts";

const urlVariables = {
  mysql: "MYSQL_URL",
  redis: "REDIS_URL",
  kafka: "KAFKA_BROKERS",
} as const satisfies Record<ServerName, string>;

/** Returns the name of the environment variable with the server's URL. */
export function urlVariableOf(name: ServerName): string {
  return urlVariables[name];
}

/** Returns the server's URL from the environment. An empty variable counts as absent. */
export function environmentUrl(name: ServerName, env: NodeJS.ProcessEnv): string | undefined {
  const url = env[urlVariables[name]]?.trim();
  return url === undefined || url === "" ? undefined : url;
}

/**
 * Chooses the source of a server: the URL in the environment, else a server of this stack that
 * still answers (even if Docker has started since), else Docker, else a native process.
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
