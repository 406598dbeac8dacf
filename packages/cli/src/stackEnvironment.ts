import type { StackUrls } from "@onsale/devstack";
import { CliError, EXIT } from "./cliError.ts";
import type { ConfigSources } from "./configReport.ts";

/**
 * The environment variables for this process and its children, and the source of the server URLs.
 */
export interface ServerEnvironment {
  readonly env: NodeJS.ProcessEnv;
  readonly source: "environment" | "profile" | "devstack";
  /** The profile's name; undefined for another source. */
  readonly profile?: string | undefined;
}

/** Variables that name servers. All of them come from one source. */
const SERVER_VARIABLES = ["MYSQL_URL", "REDIS_URL", "KAFKA_BROKERS"] as const;

/**
 * Returns true when STACK=embedded requests a process with its own in-memory servers.
 * @throws CliError with exit code 3 for an invalid STACK, before any server is searched or started
 */
export function isEmbedded(env: NodeJS.ProcessEnv = process.env): boolean {
  const stack = env.STACK?.trim() || "servers";
  if (stack === "servers" || stack === "embedded") return stack === "embedded";
  throw new CliError("CONFIG_INVALID", `STACK: there is no stack ${JSON.stringify(stack)}`, {
    exitCode: EXIT.precondition,
    next: "Set STACK=embedded to run without servers, or unset STACK to use servers.",
  });
}

/**
 * Refuses STACK=embedded, for commands that need servers. Such a command would open an empty
 * in-memory stack and show none of the user's data.
 * @throws CliError with exit code 3 when STACK is embedded or invalid
 */
export function refuseEmbedded(env: NodeJS.ProcessEnv = process.env): void {
  if (!isEmbedded(env)) return;
  throw new CliError("STACK_EMBEDDED", "STACK=embedded has no servers for this command", {
    exitCode: EXIT.precondition,
    cause: "An embedded process keeps all data in its own memory; other processes cannot read it.",
    next:
      "Ask the process over HTTP, run `onsale serve` or `onsale sim rush`, or unset STACK to use " +
      "servers.",
  });
}

/** Ends of the variables about a server that belong to its URL: passwords, users and TLS. */
const ACCESS = [
  ...["PASSWORD", "SENTINEL_USERNAME", "SENTINEL_PASSWORD"],
  ...["SASL_MECHANISM", "SASL_USERNAME", "SASL_PASSWORD"],
  ...["TLS", "TLS_CA", "TLS_CERT", "TLS_KEY"],
].flatMap((name) => [name, `${name}_FILE`]);

/**
 * Returns the variables that name the servers of a stack. A server that the environment names keeps
 * its variables. The devstack's own servers need no password and no TLS, so the variables of
 * another server must not be used for them: a blank variable counts as unset.
 */
export function variablesOf(urls: StackUrls, given: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = {
    MYSQL: { MYSQL_URL: urls.mysqlUrl },
    REDIS: { REDIS_URL: urls.redisUrl },
    KAFKA: {
      KAFKA_BROKERS: urls.kafkaBrokers.join(","),
      KAFKA_IDEMPOTENT: String(urls.kafkaIdempotent),
    },
  };
  const parts = Object.entries(own).map(([prefix, variables]): NodeJS.ProcessEnv => {
    const isGiven = Object.keys(variables).some(
      (name) => name !== IDEMPOTENT && given[name]?.trim(),
    );
    if (isGiven) return {};
    const access = Object.fromEntries(ACCESS.map((name) => [`${prefix}_${name}`, ""]));
    return { ...access, ...variables };
  });
  return Object.assign({}, ...parts);
}

/** The variable that names no server. */
const IDEMPOTENT = "KAFKA_IDEMPOTENT";

/**
 * Finds the servers that the profile or the environment names, otherwise those of the running
 * devstack. Starts no server. Never takes servers of two sources. With the devstack's servers,
 * unset secrets come from its development secrets, except with NODE_ENV=production. A blank
 * variable counts as unset, as in `readConfig`.
 * @param profile name of a file of settings; see `readProfile`
 * @throws CliError with exit code 3 when there are no servers, when the environment names only some
 *   of them, or with STACK=embedded
 */
export async function serverEnvironment(
  env: NodeJS.ProcessEnv = process.env,
  profile?: string,
): Promise<ServerEnvironment> {
  refuseEmbedded(env);
  const given = withoutBlanks(env);
  if (profile !== undefined) {
    const { readProfile } = await import("./profile.ts");
    const settings = await readProfile(profile, given);
    requireWhole(settings, `The profile ${profile}`);
    refuseForeignBrokers(given, settings);
    return { env: { ...given, ...settings }, source: "profile", profile };
  }
  const named = SERVER_VARIABLES.filter((variable) => given[variable] !== undefined);
  if (named.length > 0) {
    requireWhole(given, "The environment");
    return { env: given, source: "environment" };
  }
  refuseAccessAlone(given);
  return {
    env: { ...(await withSecrets(env)), ...(await devstackVariables()) },
    source: "devstack",
  };
}

/**
 * Reads the sources of the settings for a person who looks for a mistake: an incomplete environment
 * is not an error, and the devstack counts only when no other source names a server.
 */
export async function configSources(
  env: NodeJS.ProcessEnv,
  profileName: string | undefined,
): Promise<ConfigSources> {
  const environment = withoutBlanks(env);
  const { readProfile } = await import("./profile.ts");
  const profile = profileName === undefined ? {} : await readProfile(profileName, environment);
  const isNamed = SERVER_VARIABLES.some((name) => environment[name] ?? profile[name]);
  if (isNamed || environment.STACK === "embedded") return { environment, profile, devstack: {} };
  const servers = await devstackVariables().catch(() => ({}));
  return { environment, profile, devstack: { ...servers, ...(await withSecrets({})) } };
}

/**
 * Refuses an environment that names only some of the servers, for commands that start the others.
 * @throws CliError with exit code 3
 */
export function requireAllOrNone(env: NodeJS.ProcessEnv): void {
  const given = withoutBlanks(env);
  if (SERVER_VARIABLES.every((variable) => given[variable] === undefined)) {
    refuseAccessAlone(given);
    return;
  }
  requireWhole(given, "The environment", SERVER_VARIABLES);
}

/**
 * Refuses passwords, users and TLS of servers that the environment does not name: the caller wants
 * another installation than the devstack.
 * @throws CliError with exit code 3
 */
function refuseAccessAlone(given: NodeJS.ProcessEnv): void {
  const ofServers = [
    ...SERVER_VARIABLES.map((variable) => `${variable}_FILE`),
    ...["MYSQL", "REDIS", "KAFKA"].flatMap((prefix) => ACCESS.map((name) => `${prefix}_${name}`)),
  ];
  const found = ofServers.filter((variable) => given[variable] !== undefined);
  if (found.length === 0) return;
  const shown = found.join(" and ");
  throw new CliError("INSTALLATION_INCOMPLETE", `The environment has ${shown}, and no server`, {
    exitCode: EXIT.precondition,
    cause: "The servers would be those of the devstack, which need none of it.",
    next: `Set MYSQL_URL and REDIS_URL, or unset ${shown}. Passwords may be files, URLs may not.`,
  });
}

/** @throws CliError when the brokers of the environment would be used beside those of a profile */
function refuseForeignBrokers(given: NodeJS.ProcessEnv, profile: NodeJS.ProcessEnv): void {
  if (given.KAFKA_BROKERS === undefined || profile.KAFKA_BROKERS !== undefined) return;
  const message = "The profile names no KAFKA_BROKERS, and the environment does";
  throw new CliError("INSTALLATION_MIXED", message, {
    exitCode: EXIT.precondition,
    next: "Write KAFKA_BROKERS into the profile, or unset it.",
  });
}

/** @throws CliError when some servers are named and one of the needed ones is not */
function requireWhole(
  env: NodeJS.ProcessEnv,
  source: string,
  needed: readonly string[] = ["MYSQL_URL", "REDIS_URL"],
): void {
  const missing = needed.filter((variable) => env[variable] === undefined);
  if (missing.length === 0) return;
  const named = SERVER_VARIABLES.filter((variable) => env[variable] !== undefined);
  const toSet = missing.join(" and ");
  if (named.length === 0) {
    throw new CliError("INSTALLATION_INCOMPLETE", `${source} names no server`, {
      exitCode: EXIT.precondition,
      next: `Set ${toSet}.`,
    });
  }
  throw new CliError(
    "INSTALLATION_INCOMPLETE",
    `${source} names ${named.join(" and ")}, and not ${toSet}`,
    {
      exitCode: EXIT.precondition,
      cause: "The other servers would come from another installation.",
      next: `Set ${toSet} too, or unset ${named.join(" and ")}.`,
    },
  );
}

/**
 * The servers of the devstack, also those that are down while another one runs.
 * @throws CliError when none of them runs
 */
async function devstackVariables(): Promise<NodeJS.ProcessEnv> {
  const { runningUrls } = await import("@onsale/devstack");
  const urls = await runningUrls();
  if (urls !== undefined) return variablesOf(urls);
  throw new CliError(
    "STACK_NOT_RUNNING",
    "No servers are running, and the environment names none",
    {
      exitCode: EXIT.precondition,
      next: "Start private ones with `onsale stack up`, or set MYSQL_URL and REDIS_URL.",
    },
  );
}

/**
 * Returns the variables that are not blank, and adds the development secrets that sign and verify
 * tokens. An embedded process generates its own secrets and does not use these.
 */
export async function withSecrets(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const given = withoutBlanks(env);
  if (isEmbedded(given) || given.NODE_ENV === "production") return given;
  const { devSecrets } = await import("@onsale/devstack");
  return { ...withoutFiled(await devSecrets(), given), ...given };
}

/** The defaults, without those whose variables the environment gives as files. */
export function withoutFiled(
  defaults: Readonly<Record<string, string>>,
  given: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(defaults).filter(([name]) => !given[`${name}_FILE`]?.trim()),
  );
}

/** Returns the variables that are not blank, because `readConfig` ignores blank variables too. */
export function withoutBlanks(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
}

/**
 * Returns the environment of a measurement, or of a command about its databases. They also connect
 * to the servers by clients of their own, which know only a URL in plain text.
 * @throws CliError with exit code 3 when there are no servers, or they need more than a URL
 */
export async function measuredServers(): Promise<NodeJS.ProcessEnv> {
  const env = await withSecrets((await serverEnvironment()).env);
  const { readServersConfig } = await import("@onsale/core");
  const { mysql, redis, kafka } = readServersConfig(env);
  const isPlain = !(mysql.tls ?? redis.tls ?? kafka.tls ?? kafka.sasl);
  if (!isPlain || !redis.url.startsWith("redis://")) {
    const message = "This command cannot use servers with TLS, SASL or several hosts";
    throw new CliError("SERVERS_NOT_PLAIN", message, {
      exitCode: EXIT.precondition,
      cause: "Its clients connect in plain text; TLS would change what a measurement shows.",
      next: "Unset MYSQL_URL, REDIS_URL and KAFKA_BROKERS to measure on private servers.",
    });
  }
  const passwords = ["MYSQL_PASSWORD", "REDIS_PASSWORD"].flatMap((name) => [name, `${name}_FILE`]);
  return {
    ...env,
    // These URLs contain the passwords.
    ...{ MYSQL_URL: mysql.url, REDIS_URL: redis.url },
    ...Object.fromEntries(passwords.map((name) => [name, ""])),
  };
}
