import { randomSecret } from "../shared/randomSecret.ts";

/** The reason why an embedded process has the role `all`. */
export const EMBEDDED_ROLE =
  "only all with STACK=embedded: its stores are in one process's memory, no other could reach them";

/**
 * The variables with addresses of servers. They have no effect, because an embedded process has no
 * servers.
 */
const SERVER_VARIABLES = ["MYSQL_URL", "REDIS_URL", "KAFKA_BROKERS"] as const;

export interface EmbeddedEnvironment {
  /** The given variables plus the generated secrets, without the variables that have no effect. */
  readonly env: NodeJS.ProcessEnv;
  readonly ignored: readonly string[];
  /** Maps the name of a variable to the secret that was generated for it. */
  readonly generated: Readonly<Record<string, string>>;
}

/**
 * Completes the environment of an embedded process, so that the process can start without any
 * setting. The addresses of servers are ignored, because a shell or a platform may set them for
 * other programs. Missing secrets are generated. The development issuer is switched on, because no
 * caller could otherwise get an access token that is signed with a generated secret.
 */
export function embeddedEnvironment(given: NodeJS.ProcessEnv): EmbeddedEnvironment {
  const env = { ...given };
  const ignored = SERVER_VARIABLES.filter((name) => env[name] !== undefined);
  for (const name of ignored) delete env[name];
  // When a key set is configured, another system issues the access tokens.
  const hasIssuer = env.AUTH_JWKS_URL !== undefined || env.AUTH_OIDC_ISSUER !== undefined;
  if (!hasIssuer) env.DEV_ISSUER ??= "true";
  const generated: Record<string, string> = {};
  if (env.QUEUE_TOKEN_KEYS === undefined) generated.QUEUE_TOKEN_KEYS = `embedded:${randomSecret()}`;
  const needsSecret = env.DEV_ISSUER === "true" || !hasIssuer;
  if (env.AUTH_JWT_SECRET === undefined && needsSecret) generated.AUTH_JWT_SECRET = randomSecret();
  return { env: { ...env, ...generated }, ignored, generated };
}
