import { z } from "zod";
import {
  flag,
  httpUrl,
  ISSUER_LENGTH_MAX,
  int,
  issuerUrl,
  list,
  SECRET_LENGTH_MIN,
  settingsOf,
  visibleAscii,
} from "./settingKinds.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const callers = settingsOf("Authentication");

/** The settings of buyers' access tokens. The header of settings.ts explains the form. */
export const authSettings = z.object({
  mode: callers(
    "AUTH_MODE",
    z.enum(["jwt", "trusted"]).default("jwt"),
    "jwt: the API verifies access tokens; trusted: a gateway in front of the API names the user",
  ),
  trustedNetwork: callers(
    "AUTH_TRUSTED_NETWORK",
    flag("false"),
    "With AUTH_MODE=trusted: true confirms that only the gateway can reach HOST. Without it, a " +
      "process in this mode starts only on a loopback address",
  ),
  jwtSecret: callers(
    "AUTH_JWT_SECRET",
    z.string().min(SECRET_LENGTH_MIN).optional(),
    "HS256 secret of access tokens, 32 or more characters; generated with STACK=embedded",
    { file: true },
  ),
  jwksUrl: callers(
    "AUTH_JWKS_URL",
    httpUrl(),
    "Key set of access tokens that another system signs; needs AUTH_ISSUER and AUTH_AUDIENCE",
  ),
  oidcIssuer: callers(
    "AUTH_OIDC_ISSUER",
    issuerUrl(),
    "OpenID Connect provider that signs the access tokens: its discovery document names the " +
      "key set, and tokens must have this `iss`; needs AUTH_AUDIENCE, and replaces AUTH_JWKS_URL",
  ),
  issuer: callers(
    "AUTH_ISSUER",
    visibleAscii(ISSUER_LENGTH_MAX).optional(),
    "Required `iss` of access tokens",
  ),
  audience: callers(
    "AUTH_AUDIENCE",
    list(),
    "audience[,audience]; access tokens must have one of them as `aud`. Tokens of the " +
      "development issuer get the first",
  ),
  leewayMs: callers(
    "AUTH_LEEWAY_MS",
    int(0, 5 * MINUTE, 10 * SECOND),
    "How much the clocks of the issuer and of this process may differ",
  ),
  tokenLifetimeMaxMs: callers(
    "AUTH_TOKEN_LIFETIME_MAX_MS",
    int(MINUTE, 31 * 24 * HOUR, 24 * HOUR),
    "Longest life of an access token, from `iat` to `exp`; longer ones are refused",
  ),
  devIssuer: callers(
    "DEV_ISSUER",
    flag("false"),
    "POST /users issues access tokens; for development only. On by default with " +
      "STACK=embedded, unless AUTH_JWKS_URL or AUTH_OIDC_ISSUER names an issuer",
  ),
});
