import type { ConnectionOptions } from "node:tls";
import type { TlsConfig } from "../../config/tlsSettings.ts";

/** The options of Node for a connection with TLS. The caller adds the host and its port. */
export function tlsOptions({ mode, ca, cert, key }: TlsConfig): ConnectionOptions {
  return {
    rejectUnauthorized: mode !== "require",
    ...(mode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
