import { z } from "zod";

/** The variable and the meaning of a setting. */
export interface SettingFacts {
  /** The environment variable. */
  readonly variable: string;
  readonly meaning: string;
  /** The heading of the setting in the documentation. */
  readonly group: string;
  /** True when a file may contain the value: the variable with _FILE at its end names the file. */
  readonly file?: boolean | undefined;
}

/** Finds the facts of a setting by its schema. */
export const settingFacts = z.registry<SettingFacts>();

/**
 * Returns a function that declares a setting of the group: variable, schema and meaning. A secret
 * may also come from a file.
 */
export function settingsOf(group: string) {
  return <Schema extends z.ZodType>(
    variable: string,
    schema: Schema,
    meaning: string,
    { file }: Pick<SettingFacts, "file"> = {},
  ): Schema => {
    settingFacts.add(schema, { variable, meaning, group, file });
    return schema;
  };
}

/** HS256 needs a key at least as long as its digest, 32 bytes (RFC 7518, section 3.2). */
export const SECRET_LENGTH_MIN = 32;

/** Accepts decimal digits only: `Number` would also accept "0x1f90" and "1e4". */
export const int = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^-?\d+$/, "must be a whole number in decimal digits")
    .pipe(z.coerce.number<string>().int().min(min).max(max))
    .default(fallback)
    .meta({ minimum: min, maximum: max });

/** A whole number that may be left out. */
export const optionalInt = (min: number, max: number) =>
  z
    .string()
    .trim()
    .regex(/^\d+$/, "must be a whole number in decimal digits")
    .pipe(z.coerce.number<string>().int().min(min).max(max))
    .optional()
    .meta({ minimum: min, maximum: max });

/** Accepts a decimal fraction from 0 to 1. */
export const ratio = (fallback: number) =>
  z
    .string()
    .regex(/^(0|1|[01]?\.\d+)$/, "must be a decimal fraction from 0 to 1")
    .pipe(z.coerce.number<string>().min(0).max(1))
    .default(fallback)
    .meta({ minimum: 0, maximum: 1 });

/** The width of the column with the issuer of a subject, in characters. */
export const ISSUER_LENGTH_MAX = 255;

const ASCII = /^[\x21-\x7e]+$/;
const NO_ASCII = "must have only visible characters of ASCII";

/** Accepts visible characters of ASCII, without blanks. */
export const visibleAscii = (lengthMax: number) => z.string().max(lengthMax).regex(ASCII, NO_ASCII);

/**
 * The URL of an OpenID Connect provider, as its tokens name it. The text is compared, so a slash at
 * the end matters. It has no query (OpenID Connect Discovery, section 3).
 */
export const issuerUrl = () =>
  z
    .url({ protocol: /^https?$/ })
    .max(ISSUER_LENGTH_MAX)
    .regex(ASCII, NO_ASCII)
    .refine((text) => !/[?#@]/.test(text), "must have no query, no fragment and no password")
    .optional();

/** Accepts true or false. */
export const flag = (fallback: "true" | "false") =>
  z
    .enum(["true", "false"])
    .default(fallback)
    .transform((text) => text === "true");

/** Origins of web pages, exactly as browsers send them, or only `*` for every origin. */
export const origins = () =>
  z
    .string()
    .default("")
    .transform((text, context) => {
      const given = partsOf(text);
      const isUsable = given.every(isOrigin) || (given.length === 1 && given[0] === "*");
      if (!isUsable) context.addIssue({ code: "custom", message: ORIGINS_FORM });
      return given;
    });

const ORIGINS_FORM =
  "must be origins as browsers send them, such as https://shop.example or http://localhost:5173, " +
  "without a path, a slash at the end or a usual port; or * alone";

function isOrigin(text: string): boolean {
  if (!/^https?:/.test(text) || text.includes("*") || !URL.canParse(text)) return false;
  return new URL(text).origin === text;
}

/** A list of texts, separated by commas. */
export const list = () => z.string().default("").transform(partsOf);

/**
 * Splits a list at its commas. Blanks around a part do not count, and blank parts are dropped, so
 * that a list may have a blank after each comma and a comma at its end.
 */
export function partsOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

const KEYRING_FORM = "must be kid:secret[,kid:secret], each secret of 32 or more characters";

/** A list of named secrets. The first one signs. */
export const keyring = () =>
  z
    .string()
    .optional()
    .transform((text, context) => {
      const kids = new Set<string>();
      return partsOf(text ?? "").map((part) => {
        const colon = part.indexOf(":");
        const key = { kid: part.slice(0, colon).trim(), secret: part.slice(colon + 1).trim() };
        if (colon < 1 || key.kid === "" || key.secret.length < SECRET_LENGTH_MIN) {
          context.addIssue({ code: "custom", message: KEYRING_FORM });
        }
        // A token names its key by the kid. If two keys had the same kid, only the second would be
        // used.
        if (kids.has(key.kid)) context.addIssue({ code: "custom", message: "has a kid twice" });
        kids.add(key.kid);
        return key;
      });
    });

/** The sizes of a secret in bytes that the specification Standard Webhooks recommends. */
const WEBHOOK_SECRET_BYTES = { min: 24, max: 64 };

const WEBHOOK_SECRET_FORM = "must be whsec_ and base64 of 24 to 64 bytes, separated by commas";

/** A list of secrets in the form of Standard Webhooks; the keys are their bytes in base64. */
export const webhookSecrets = () =>
  z
    .string()
    .default("")
    .transform((text, context) =>
      partsOf(text).map((part) => {
        const [, encoded = ""] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(part) ?? [];
        const { length } = Buffer.from(encoded, "base64");
        if (length < WEBHOOK_SECRET_BYTES.min || length > WEBHOOK_SECRET_BYTES.max) {
          context.addIssue({ code: "custom", message: WEBHOOK_SECRET_FORM });
        }
        return encoded;
      }),
    );

/**
 * The URL of a service over HTTP. `fetch` refuses a URL with a password, and its error would carry
 * the password into the log.
 */
export const httpUrl = () =>
  z
    .url({ protocol: /^https?$/ })
    .refine(hasNoPassword, "must have no user name and no password")
    .optional();

/** The URL of a receiver of OTLP over HTTP. It may have a password, for basic authentication. */
export const otlpUrl = () =>
  z.url({ protocol: /^https?$/, error: "must be a URL such as http://collector:4318" }).optional();

/** A header of HTTP that can be sent: a token, and a text of Latin-1 without control characters. */
const HEADER = /^[\w!#$%&'*+.^`|~-]+=[\t\x20-\x7e\xa0-\xff]+$/;

const PAIRS_FORM = "must be name=value[,name=value]; write , ; and % in a value as %2C %3B and %25";

/** Pairs as OpenTelemetry writes them. A reader would leave out a pair that it cannot read. */
export const pairs = () => pairsOf((pair) => /^[^=]+=/.test(pair), PAIRS_FORM);

/** Pairs that become headers of HTTP. */
export const headerPairs = () =>
  pairsOf((pair) => HEADER.test(pair), `${PAIRS_FORM}; each pair must be a header of HTTP`);

function pairsOf(isUsable: (decoded: string) => boolean, form: string) {
  const isPair = (part: string): boolean => {
    const decoded = percentDecoded(part);
    return decoded !== undefined && !part.includes(";") && isUsable(decoded);
  };
  return z
    .string()
    .default("")
    .refine((text) => partsOf(text).every(isPair), form);
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function hasNoPassword(text: string): boolean {
  const { username, password } = new URL(text);
  return username === "" && password === "";
}

/** The URL of a server that the process needs. */
export const serverUrl = (protocol: RegExp) =>
  z.url({
    protocol,
    error: ({ input }) => (input === undefined ? SERVER_MISSING : undefined),
  });

/** The problem of a process that has no URL of a server. */
export const SERVER_MISSING = "missing; name a server, or set STACK=embedded to do without servers";
