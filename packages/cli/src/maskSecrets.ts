const MASK = "****";
/** Names of variables whose values are secrets. The name of a file with a secret is not one. */
const SECRET_VARIABLE = /^(?!.*_FILE$).*(SECRET|PASSWORD|KEYS$|TOKEN$|_HEADERS$|_TLS_KEY$)/;
/** Names of the parameters of a URL whose values can be secrets. */
const SECRET_PARAMETER = /pass|pwd|secret|token|key|auth/i;
/** Scheme and user of a URL that names several hosts, which `URL` does not read. */
const SEVERAL_HOSTS = /^([a-z+-]+:\/\/)(?:[^/?#]*@)?([^/?#@]+(?:\/[^?#]*)?)/i;

/** Returns true when the values of this environment variable are secrets. */
export function isSecretVariable(variable: string): boolean {
  return SECRET_VARIABLE.test(variable);
}

/** Returns the URL with its password masked. A text that is not a URL is masked completely. */
export function maskUrl(text: string): string {
  if (!URL.canParse(text)) return maskedHosts(text);
  const url = new URL(text);
  // "user:password@host" parses as a URL with a scheme and a path but without a host. Such a text
  // is not the URL of a server.
  if (url.host === "") return MASK;
  if (url.password !== "") url.password = MASK;
  const secrets = [...url.searchParams.keys()].filter((name) => SECRET_PARAMETER.test(name));
  for (const name of secrets) url.searchParams.set(name, MASK);
  return url.href;
}

/** Keeps the hosts of a URL with several ones, such as those of sentinels. */
function maskedHosts(text: string): string {
  const [, scheme, hosts] = SEVERAL_HOSTS.exec(text) ?? [];
  if (scheme === undefined || hosts === undefined || !hosts.includes(",")) return MASK;
  return `${scheme}${text.includes("@") ? `${MASK}@` : ""}${hosts}`;
}

/** Returns the value of an environment variable with its secrets masked. */
export function maskVariable(variable: string, value: string): string {
  if (variable === "QUEUE_TOKEN_KEYS") {
    // The id of a key is not a secret; it shows which key signs.
    const idOf = (pair: string) => (pair.includes(":") ? pair.slice(0, pair.indexOf(":")) : "");
    return value
      .split(",")
      .map((pair) => `${idOf(pair).trim()}:${MASK}`)
      .join(",");
  }
  if (variable === "WEBHOOK_URL") return maskWebhook(value);
  if (isSecretVariable(variable)) return MASK;
  if (/_TLS_(CA|CERT)$/.test(variable)) return "(certificates)";
  return /_(URL|ENDPOINT)$/.test(variable) ? maskUrl(value) : value;
}

/** Masks the path of a webhook URL: in Slack's webhooks, the path is a credential. */
function maskWebhook(value: string): string {
  return URL.canParse(value) ? `${new URL(value).origin}/${MASK}` : MASK;
}
