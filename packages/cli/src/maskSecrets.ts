const MASK = "****";
/** Settings with these names are never shown, whatever their value. */
const SECRET_NAME = /secret|password|keys$/i;
const URL_NAME = /url$/i;

/** Returns a copy of the settings with passwords, keys and paths of webhooks masked. */
export function maskSecrets(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, name));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (name === "webhook" && key === "url") return [key, maskWebhook(inner)];
        // The id of a key is no secret; it shows which key signs.
        return [key, key === "kid" ? inner : maskSecrets(inner, key)];
      }),
    );
  }
  if (typeof value !== "string" || value === "") return value;
  if (SECRET_NAME.test(name)) return MASK;
  return URL_NAME.test(name) ? maskUrl(value) : value;
}

/** Returns the URL with its password masked. A text that is not a URL is masked completely. */
export function maskUrl(text: string): string {
  if (!URL.canParse(text)) return MASK;
  const url = new URL(text);
  // "user:password@host" parses as a URL with a scheme and a path but without a host. Such a text
  // is not the URL of a server.
  if (url.host === "") return MASK;
  if (url.password !== "") url.password = MASK;
  return url.href;
}

/**
 * Masks the path of a webhook URL, because the path can be a credential, as in Slack's webhooks.
 */
function maskWebhook(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return URL.canParse(value) ? `${new URL(value).origin}/${MASK}` : MASK;
}

/** Converts nested settings to rows of a dotted name and a value. */
export function flattenSettings(value: unknown, prefix = ""): [string, string][] {
  if (Array.isArray(value)) {
    const items = value.map((item) => (typeof item === "object" ? JSON.stringify(item) : item));
    return [[prefix, items.length === 0 ? "(none)" : items.join(", ")]];
  }
  if (typeof value !== "object" || value === null) return [[prefix, String(value ?? "(not set)")]];
  return Object.entries(value).flatMap(([key, inner]) =>
    flattenSettings(inner, prefix === "" ? key : `${prefix}.${key}`),
  );
}
