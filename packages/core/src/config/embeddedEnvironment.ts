import { randomSecret } from "../shared/randomSecret.ts";

/** Why no other role will do. */
export const EMBEDDED_ROLE =
  "only all with STACK=embedded: its stores are in one process's memory, no other could reach them";

/** They name servers of which an embedded process has none. */
const SERVER_VARIABLES = ["MYSQL_URL", "REDIS_URL", "KAFKA_BROKERS"] as const;

export interface EmbeddedEnvironment {
  /** What is given, completed, without what is ignored. */
  readonly env: NodeJS.ProcessEnv;
  readonly ignored: readonly string[];
  /** By name, the secrets that nobody gave. */
  readonly madeUp: Readonly<Record<string, string>>;
}

/**
 * The environment of an embedded process, which needs no setting at all: servers that are named are
 * left out (a shell or a platform names some for other programs), secrets are made up, and the
 * development issuer is on, because else nobody could get an access token of a made-up secret.
 */
export function embeddedEnvironment(given: NodeJS.ProcessEnv): EmbeddedEnvironment {
  const env = { ...given };
  const ignored = SERVER_VARIABLES.filter((name) => env[name] !== undefined);
  for (const name of ignored) delete env[name];
  // Whoever names a key set has an issuer already.
  if (env.AUTH_JWKS_URL === undefined) env.DEV_ISSUER ??= "true";
  const madeUp: Record<string, string> = {};
  if (env.QUEUE_TOKEN_KEYS === undefined) madeUp.QUEUE_TOKEN_KEYS = `embedded:${randomSecret()}`;
  const needsSecret = env.DEV_ISSUER === "true" || env.AUTH_JWKS_URL === undefined;
  if (env.AUTH_JWT_SECRET === undefined && needsSecret) madeUp.AUTH_JWT_SECRET = randomSecret();
  return { env: { ...env, ...madeUp }, ignored, madeUp };
}
