import type { ServerName, ServerSource } from "./types.ts";

const urlVariables = {
  mysql: "MYSQL_URL",
  redis: "REDIS_URL",
  kafka: "KAFKA_BROKERS",
} as const satisfies Record<ServerName, string>;

/** The environment variable that names the server's URL. */
export function urlVariableOf(name: ServerName): string {
  return urlVariables[name];
}

/** The server's URL from the environment; an empty variable counts as absent. */
export function environmentUrl(name: ServerName, env: NodeJS.ProcessEnv): string | undefined {
  const url = env[urlVariables[name]]?.trim();
  return url === undefined || url === "" ? undefined : url;
}

/**
 * Who shall run the server: the environment's URL first, then a server of ours that still answers
 * (an engine that came up meanwhile is no reason to move), then Docker, then a native process.
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
