/*
 * Secrets that a person pastes into a free text, such as the reason of a change or a command line,
 * must not stay in the database or in a log. `maskSecrets` replaces what looks like a secret. It
 * cannot find a secret that nothing marks as one, such as "the password is hunter2": the
 * documentation asks operators not to write secrets there.
 */

/** Words in the names of fields whose values are secrets. The log and the audit record use them. */
export const SECRET_WORDS = ["token", "authorization", "secret", "password"] as const;

const MASK = "***";
/** Further words that name a secret in a text. A log field of these names does not exist. */
const TEXT_WORDS = [
  ...SECRET_WORDS,
  ...["passwd", "passphrase", "pwd", "credentials?", "cookie", "api[-_]?key", "private[-_]?key"],
  ...["access[-_]?key", "token[-_]keys?"],
].join("|");
/**
 * A name with such a word, and what comes between the name and the value. A name has a bound, so
 * that a long word costs linear time.
 */
const NAME = String.raw`(?:[\w.-]{0,40}(?:${TEXT_WORDS})[\w.-]{0,40})`;
/** A comma or semicolon inside a value belongs to it, such as between the keys of a list. */
const WORD = String.raw`(?:[^\s"',;&)}\]]|[,;]+(?=[^\s"',;&)}\]]))+`;
const VALUE = String.raw`(?:"[^"\n]*"|'[^'\n]*'|(?:(?:bearer|basic)\s+)?${WORD})`;

/** Texts to replace, and their replacements. The order counts: whole secrets come first. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, MASK],
  // A JWT: its header and its payload are JSON, which begins with {" and so with eyJ.
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g, MASK],
  [/\b(bearer\s+)[\w.~+/=-]{8,}/gi, `$1${MASK}`],
  // Base64 has capital letters behind small ones or digits; the word "authentication" has not.
  [/\b([Bb]asic\s+)(?=[\w+/]*[a-z\d][A-Z])[\w+/]{8,}={0,2}/g, `$1${MASK}`],
  // user:password@host. A password may contain an @, or a slash that was not encoded.
  [/(\/\/[^/\s:@]{0,200}:)(?:[^\s/?#]{1,500}|[^@\s]{1,500})@/g, `$1${MASK}@`],
  [/(\/\/)[\w-]{20,500}@/g, `$1${MASK}@`],
  // In Slack's webhooks, the path is the credential.
  [/(\/\/hooks\.slack\.com\/)\S+/gi, `$1${MASK}`],
  // Cookie: name=value; name=value
  [/(\bcookie:\s?)[^\s"';=]+=[^\s"';]*(?:;\s?[^\s"';]+)*;?/gi, `$1${MASK}`],
  // name=value, name: value, "name": "value"
  [new RegExp(String.raw`(${NAME}["']?\s?[=:]\s?)${VALUE}`, "gi"), `$1${MASK}`],
  // --name value
  [new RegExp(String.raw`(?<=^|\s)(--?${NAME}\s+)${VALUE}`, "gi"), `$1${MASK}`],
];

/** Returns the text with everything masked that looks like a secret. */
export function maskSecrets(text: string): string {
  return RULES.reduce((masked, [pattern, replacement]) => {
    return masked.replace(pattern, replacement);
  }, text);
}
