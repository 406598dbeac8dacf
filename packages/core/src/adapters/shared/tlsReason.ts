import { X509Certificate } from "node:crypto";
import { certificatesOf, type TlsConfig } from "../../config/tlsSettings.ts";
import type { Clock } from "../../shared/clock.ts";

/** The beginning of the names of a server's settings. */
export type TlsPrefix = "MYSQL" | "REDIS" | "KAFKA";

type Explain = (prefix: TlsPrefix, tls: TlsConfig, clock: Clock) => string;

/** Patterns of the texts of drivers, and the setting that decides about each failure. */
const EXPLANATIONS: readonly (readonly [RegExp, Explain])[] = [
  [/certificate (has expired|is not yet valid)/i, periodText],
  [/altnames/i, (prefix, { mode }) => `${prefix}_TLS=${mode} requires this name in it`],
  [/self-signed certificate|unable to (get|verify)/i, authorityText],
  [/not support secure|before secure/i, (prefix, { mode }) => `${prefix}_TLS=${mode} requires it`],
  // A port without TLS waits for more when it receives the first bytes of a handshake.
  [/connect ETIMEDOUT/, (prefix, { mode }) => `${prefix}_TLS=${mode}; the port may be a plain one`],
];

/** The server ended the handshake because of the certificate of this client. */
const CLIENT_REFUSED = /alert ((?:bad |no )?certificate[a-z ]*|unknown ca)/i;

/**
 * Adds to the reason of an outage the setting that decides about it. The drivers pass on what
 * OpenSSL says, such as "certificate has expired", which names neither the certificate nor the
 * setting.
 */
export function tlsReason(
  clock: Clock,
  prefix: TlsPrefix,
  tls: TlsConfig | undefined,
  reason: string,
): string {
  if (tls === undefined) return reason;
  const [, alert] = CLIENT_REFUSED.exec(reason) ?? [];
  if (alert !== undefined) {
    return `the server refuses the certificate of this client, ${prefix}_TLS_CERT: ${alert}`;
  }
  const found = EXPLANATIONS.find(([pattern]) => pattern.test(reason));
  return found === undefined ? reason : `${reason} (${found[1](prefix, tls, clock)})`;
}

/** OpenSSL says the same about the server's certificate and about that of its authority. */
function periodText(prefix: TlsPrefix, { mode, ca = "" }: TlsConfig, clock: Clock): string {
  const expired = certificatesOf(ca)
    .map((text) => new X509Certificate(text))
    .find(({ validToDate }) => validToDate.getTime() < clock.nowMs());
  return expired === undefined
    ? `the certificate of the server; ${prefix}_TLS=${mode} checks it`
    : `${prefix}_TLS_CA has a certificate that was valid until ${expired.validTo}`;
}

function authorityText(prefix: TlsPrefix, { ca }: TlsConfig): string {
  return ca === undefined
    ? `${prefix}_TLS_CA is not set, and Node does not know the authority`
    : `${prefix}_TLS_CA lacks the authority of the server's certificate`;
}
