import type { StackUrls } from "@onsale/devstack";
import { CliError, EXIT } from "./cliError.ts";

/**
 * The environment variables for this process and its children, and the source of the server URLs.
 */
export interface ServerEnvironment {
  readonly env: NodeJS.ProcessEnv;
  readonly source: "environment" | "devstack";
}

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

/** Returns the variables that name the servers of a stack. */
export function variablesOf(urls: StackUrls): NodeJS.ProcessEnv {
  return {
    MYSQL_URL: urls.mysqlUrl,
    REDIS_URL: urls.redisUrl,
    KAFKA_BROKERS: urls.kafkaBrokers.join(","),
    KAFKA_IDEMPOTENT: String(urls.kafkaIdempotent),
  };
}

/**
 * Finds the servers that the environment names, otherwise those of the running devstack. Starts no
 * server. Unset secrets come from the stack's development secrets, except with NODE_ENV=production.
 * A blank variable counts as unset, as in `readConfig`.
 * @throws CliError with exit code 3 when there are no servers, or with STACK=embedded
 */
export async function serverEnvironment(
  env: NodeJS.ProcessEnv = process.env,
): Promise<ServerEnvironment> {
  refuseEmbedded(env);
  const given = withoutBlanks(env);
  if (given.MYSQL_URL !== undefined && given.REDIS_URL !== undefined) {
    return { env: await withSecrets(env), source: "environment" };
  }
  const { stackStatus } = await import("@onsale/devstack");
  const servers = await stackStatus();
  const urlOf = (name: string) => servers.find((server) => server.name === name && server.ready);
  const [mysql, redis, kafka] = [urlOf("mysql"), urlOf("redis"), urlOf("kafka")];
  if (mysql === undefined || redis === undefined) {
    throw new CliError(
      "STACK_NOT_RUNNING",
      "No servers are running, and the environment names none",
      {
        exitCode: EXIT.precondition,
        next: "Start private ones with `onsale stack up`, or set MYSQL_URL and REDIS_URL.",
      },
    );
  }
  const found = variablesOf({
    mysqlUrl: mysql.url,
    redisUrl: redis.url,
    kafkaBrokers: kafka === undefined ? [] : kafka.url.split(","),
    kafkaIdempotent: kafka === undefined || !kafka.flavour.includes("mock"),
  });
  return { env: { ...found, ...(await withSecrets(env)) }, source: "devstack" };
}

/**
 * Returns the variables that are not blank, and adds the development secrets that sign and verify
 * tokens. An embedded process generates its own secrets and does not use these.
 */
export async function withSecrets(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const given = withoutBlanks(env);
  if (isEmbedded(given) || given.NODE_ENV === "production") return given;
  const { devSecrets } = await import("@onsale/devstack");
  return { ...(await devSecrets()), ...given };
}

/** Returns the variables that are not blank, because `readConfig` ignores blank variables too. */
export function withoutBlanks(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
}
