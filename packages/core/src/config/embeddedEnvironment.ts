import { randomSecret } from "../shared/randomSecret.ts";

/** The reason why an embedded process has the role `all`. */
export const EMBEDDED_ROLE =
  "only all with STACK=embedded: its stores are in one process's memory, no other could reach them";

/** The addresses of servers; an embedded process has no servers. */
const SERVER_VARIABLES = ["MYSQL_URL", "REDIS_URL", "KAFKA_BROKERS"] as const;

export interface EmbeddedEnvironment {
  /** The given variables and the generated secrets, without the ignored variables. */
  readonly env: NodeJS.ProcessEnv;
  readonly ignored: readonly string[];
  /** The generated secrets, by the name of their variable. */
  readonly madeUp: Readonly<Record<string, string>>;
}

/**
 * Completes the environment of an embedded process, which needs no setting. The addresses of
 * servers are ignored, because a shell or a platform may set them for other programs. Missing
 * secrets are generated. The development issuer is on: without it no caller could get an access
 * token that is signed with a generated secret.
 */
export function embeddedEnvironment(given: NodeJS.ProcessEnv): EmbeddedEnvironment {
  const env = { ...given };
  const ignored = SERVER_VARIABLES.filter((name) => env[name] !== undefined);
  for (const name of ignored) delete env[name];
  // With a key set, another system issues the access tokens.
  if (env.AUTH_JWKS_URL === undefined) env.DEV_ISSUER ??= "true";
  const madeUp: Record<string, string> = {};
  if (env.QUEUE_TOKEN_KEYS === undefined) madeUp.QUEUE_TOKEN_KEYS = `embedded:${randomSecret()}`;
  const needsSecret = env.DEV_ISSUER === "true" || env.AUTH_JWKS_URL === undefined;
  if (env.AUTH_JWT_SECRET === undefined && needsSecret) madeUp.AUTH_JWT_SECRET = randomSecret();
  return { env: { ...env, ...madeUp }, ignored, madeUp };
}
