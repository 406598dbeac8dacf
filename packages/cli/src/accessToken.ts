import type { OnsaleConfig } from "@onsale/core";
import { createSigner } from "fast-jwt";
import { CliError, EXIT } from "./cliError.ts";

/**
 * Signs an access token like the API's development issuer.
 * @throws CliError when access tokens are verified with a key set, because this program does not
 *   have its private keys
 */
export function signAccessToken(
  auth: Pick<OnsaleConfig["auth"], "jwtSecret" | "issuer" | "oidcIssuer" | "audience">,
  input: { readonly userId: number; readonly ttlMs: number },
): string {
  if (auth.jwtSecret === undefined) {
    throw new CliError("NO_SIGNING_SECRET", "Access tokens are signed by the issuer, not here", {
      exitCode: EXIT.precondition,
      next:
        "Set AUTH_JWT_SECRET to the secret of the API, or get a token from the issuer of " +
        "AUTH_OIDC_ISSUER or AUTH_JWKS_URL.",
    });
  }
  const issuer = auth.oidcIssuer ?? auth.issuer;
  const [audience] = auth.audience;
  const sign = createSigner({
    key: auth.jwtSecret,
    algorithm: "HS256",
    expiresIn: input.ttlMs,
    ...(issuer === undefined ? {} : { iss: issuer }),
    ...(audience === undefined ? {} : { aud: audience }),
  });
  return sign({ sub: String(input.userId) });
}
