import { createPrivateKey, X509Certificate } from "node:crypto";
import { z } from "zod";
import { settingsOf } from "./settingKinds.ts";

/*
 * TLS to the servers
 *
 * Each server has the same four settings: a mode, the certificates of the authorities, and the
 * certificate and key of this client. Without a mode, the URL decides. A connection that shall use
 * TLS never falls back to plain text: when the server has no TLS, or its certificate is not
 * accepted, the server counts as down, and the reason says so.
 */

/** The modes differ in the check: nothing, the certificate, or also the name in it. */
export const TLS_MODES = ["off", "require", "verify-ca", "verify-full"] as const;

export type TlsMode = (typeof TLS_MODES)[number];

/** TLS of the connections to one server; the texts are in PEM form. */
export interface TlsConfig {
  readonly mode: Exclude<TlsMode, "off">;
  /** Certificates of the authorities; undefined: those that Node trusts. */
  readonly ca: string | undefined;
  /** Certificate and key with which this client proves who it is. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

const servers = settingsOf("Servers");

/** The four settings of one server. */
export function tlsSettings(prefix: "MYSQL" | "REDIS" | "KAFKA", fallback: string) {
  const file = { file: true } as const;
  return z.object({
    mode: servers(
      `${prefix}_TLS`,
      z.enum(TLS_MODES).optional(),
      "verify-full: TLS, and the server's certificate must be valid and name its host; " +
        "verify-ca: its name is not compared; require: it is not checked; " +
        `off: plain text. ${fallback}`,
    ),
    ca: servers(
      `${prefix}_TLS_CA`,
      pem(certificateProblem),
      "Certificates of the authorities that may sign the server's certificate, as PEM; without " +
        "them, those that Node trusts",
      file,
    ),
    cert: servers(
      `${prefix}_TLS_CERT`,
      pem(certificateProblem),
      "Certificate of this client, as PEM, for servers that ask for one",
      file,
    ),
    key: servers(
      `${prefix}_TLS_KEY`,
      pem(keyProblem),
      "Private key of this client's certificate, as PEM",
      file,
    ),
  });
}

/** The values of the four settings. */
export type TlsInput = z.infer<ReturnType<typeof tlsSettings>>;

function pem(problemOf: (text: string) => string | undefined) {
  return z
    .string()
    .superRefine((text, context) => {
      const message = problemOf(text);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    })
    .optional();
}

const CERTIFICATE = /-----BEGIN [\w ]*CERTIFICATE-----[^-]*-----END[\w ]*-----/g;

/** The certificates of a text in PEM form. */
export function certificatesOf(text: string): readonly string[] {
  return text.match(CERTIFICATE) ?? [];
}

/** Node ignores the certificates behind one that it cannot read, without a word. */
function certificateProblem(text: string): string | undefined {
  const certificates = certificatesOf(text);
  return (certificates.length === 0 ? [text] : certificates).every((one) =>
    isReadable(() => new X509Certificate(one)),
  )
    ? undefined
    : "must be certificates in PEM form (-----BEGIN CERTIFICATE-----); the variable with _FILE " +
        "at its end names a file";
}

function keyProblem(text: string): string | undefined {
  return isReadable(() => createPrivateKey(text))
    ? undefined
    : "must be a private key in PEM form, without a passphrase";
}

function isReadable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

/**
 * Joins what the settings and the URL of a server say about TLS.
 * @param ofUrl what the URL says; undefined when it says nothing
 * @returns undefined for plain text, and one line for each contradiction
 */
export function tlsOf(
  prefix: string,
  input: TlsInput,
  ofUrl: TlsMode | undefined,
): { readonly tls: TlsConfig | undefined; readonly problems: readonly string[] } {
  const { mode: ofSetting, ca, cert, key } = input;
  const problems: string[] = [];
  if (ofSetting !== undefined && ofUrl !== undefined && isOff(ofSetting) !== isOff(ofUrl)) {
    const does = isOff(ofUrl) ? "forbids" : "asks for";
    problems.push(`${prefix}_TLS: contradicts ${prefix}_URL, which ${does} TLS`);
  }
  const mode = ofSetting ?? ofUrl ?? "off";
  const parts = { CA: ca, CERT: cert, KEY: key };
  const given = Object.entries(parts).filter(([, text]) => text !== undefined);
  if (mode === "off") {
    problems.push(
      ...given.map(
        ([name]) =>
          `${prefix}_TLS_${name}: has no effect without TLS; set ${prefix}_TLS=verify-full`,
      ),
    );
    return { tls: undefined, problems };
  }
  if (mode === "require" && ca !== undefined) {
    problems.push(
      `${prefix}_TLS_CA: has no effect, because no certificate is checked; set ` +
        `${prefix}_TLS=verify-full, or verify-ca for any name`,
    );
  }
  if ((cert === undefined) !== (key === undefined)) {
    problems.push(
      `${prefix}_TLS_${cert === undefined ? "CERT" : "KEY"}: missing; a certificate and its key ` +
        "belong together",
    );
  }
  if (cert !== undefined && key !== undefined && !belongTogether(cert, key)) {
    problems.push(`${prefix}_TLS_KEY: is not the key of the certificate in ${prefix}_TLS_CERT`);
  }
  return { tls: { mode, ca, cert, key }, problems };
}

const isOff = (mode: TlsMode): boolean => mode === "off";

function belongTogether(cert: string, key: string): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}
