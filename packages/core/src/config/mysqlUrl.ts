import type { TlsMode } from "./tlsSettings.ts";

/*
 * The parameters of MYSQL_URL
 *
 * Problem: the drivers read the parameters of a URL differently, and ignore what they do not know.
 * So a URL that asks for TLS in the words of another program was served in plain text.
 *
 * Onsale reads the parameters itself, and gives the drivers options without a URL. It knows the
 * common words for TLS, and refuses every other parameter.
 */

const MODES: Readonly<Record<string, TlsMode>> = {
  disabled: "off",
  disable: "off",
  required: "require",
  require: "require",
  verify_ca: "verify-ca",
  verify_identity: "verify-full",
  verify_full: "verify-full",
};

/** Names of the parameter with a mode; `_` and `-` do not count, nor do capital letters. */
const MODE_NAME = "sslmode";
/** Names of parameters that switch TLS on or off. */
const SWITCH_NAMES: ReadonlySet<string> = new Set(["ssl", "tls", "usessl", "usetls"]);

const NO_FALLBACK =
  "would fall back to plain text; use ssl-mode=VERIFY_IDENTITY, VERIFY_CA, REQUIRED or DISABLED";
const UNKNOWN =
  "is no parameter that Onsale knows; ssl-mode asks for TLS, other things have own settings";

/**
 * Reads what the parameters of a MySQL URL say about TLS, and checks the rest of the URL. No text
 * shows a value.
 */
export function tlsOfMysqlUrl(text: string): {
  readonly mode: TlsMode | undefined;
  readonly problems: readonly string[];
} {
  if (!URL.canParse(text)) return { mode: undefined, problems: [] };
  const url = new URL(text);
  const modes = new Set<TlsMode>();
  const problems = addressProblems(url);
  for (const [name, value] of url.searchParams) {
    const mode = modeOf(name, value);
    if (typeof mode === "string") modes.add(mode);
    else problems.push(`the parameter ${shownName(name)} ${mode.problem}`);
  }
  if (modes.size > 1) problems.push("its parameters contradict each other about TLS");
  return { mode: [...modes][0], problems };
}

/**
 * A password with a character that must be encoded can end the host early. The rest of the URL is
 * then a path or a fragment, and the process would connect to another server, without TLS.
 */
function addressProblems({ hostname, port, username, password, pathname, hash }: URL): string[] {
  if (![username, password, hostname, pathname].every(isDecodable)) {
    return ["has a % that is not encoded as %25"];
  }
  if (hash !== "") return ["has a #; encode it as %23, and write parameters behind a ?"];
  if (hostname === "" || port === "0" || hostname.includes(",")) {
    return ["must name one host: mysql://user:password@host:port/database"];
  }
  if (!/^\/[^/@]+$/.test(pathname)) {
    return [
      "must end with one database: mysql://user:password@host:port/database; encode / as %2F",
    ];
  }
  return [];
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function modeOf(name: string, value: string): TlsMode | { readonly problem: string } {
  const plainName = name.toLowerCase().replace(/[-_]/g, "");
  const plainValue = value.toLowerCase().replaceAll("-", "_");
  const mode = MODES[plainValue];
  if (plainName === MODE_NAME) {
    if (plainValue === "preferred" || plainValue === "prefer") return { problem: NO_FALLBACK };
    return mode ?? { problem: "must be DISABLED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY" };
  }
  if (!SWITCH_NAMES.has(plainName)) return { problem: UNKNOWN };
  if (plainValue === "true" || plainValue === "1") return "verify-full";
  if (plainValue === "false" || plainValue === "0") return "off";
  return mode ?? modeOfObject(value);
}

/** Some services write options of the driver: `ssl={"rejectUnauthorized":true}`. */
function modeOfObject(value: string): TlsMode | { readonly problem: string } {
  const isVerified = /^\{(?:"rejectUnauthorized":(true|false))?\}$/.exec(value.replace(/\s/g, ""));
  if (!isVerified) return { problem: 'must be true, false or {"rejectUnauthorized":true}' };
  return isVerified[1] === "false" ? "require" : "verify-full";
}

/** A name that has the form of one; other texts could be a part of a password. */
function shownName(name: string): string {
  return /^[\w-]{1,30}$/.test(name) ? name : "with an unusual name";
}

/** The URL without its parameters, which `tlsOfMysqlUrl` has read. */
export function withoutParameters(text: string): string {
  const url = new URL(text);
  if (url.search === "" && url.hash === "") return text;
  url.search = "";
  url.hash = "";
  return url.href;
}
