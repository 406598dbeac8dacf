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

/** The URL of a server that the process needs. */
export const serverUrl = (protocol: RegExp) =>
  z.url({
    protocol,
    error: ({ input }) => (input === undefined ? SERVER_MISSING : undefined),
  });

/** The problem of a process that has no URL of a server. */
export const SERVER_MISSING = "missing; name a server, or set STACK=embedded to do without servers";
