import type { StackUrls } from "@onsale/devstack";
import { CliError, EXIT } from "./cliError.ts";

/** Environment variables for this process and its children, and where the servers came from. */
export interface ServerEnvironment {
  readonly env: NodeJS.ProcessEnv;
  readonly source: "environment" | "devstack";
}

/**
 * Whether the environment asks for the stack without servers, each process a world of its own.
 * @throws CliError with exit code 3 when it asks for a stack that does not exist: looking for
 *   servers first, or starting some, would answer a question that was not asked
 */
export function isEmbedded(env: NodeJS.ProcessEnv = process.env): boolean {
  const { STACK: stack = "servers" } = withoutBlanks({ STACK: env.STACK });
  if (stack === "servers" || stack === "embedded") return stack === "embedded";
  throw new CliError("CONFIG_INVALID", `STACK: there is no stack ${JSON.stringify(stack)}`, {
    exitCode: EXIT.precondition,
    next: "Say STACK=embedded to do without servers, or unset STACK to use some.",
  });
}

/**
 * For commands about servers. Opening a world of their own would show an empty one, which is a lie.
 * @throws CliError with exit code 3 when the environment asks for the stack without servers, or
 *   for one that does not exist
 */
export function refuseEmbedded(env: NodeJS.ProcessEnv = process.env): void {
  if (!isEmbedded(env)) return;
  throw new CliError("STACK_EMBEDDED", "STACK=embedded has no servers for this command", {
    exitCode: EXIT.precondition,
    cause: "An embedded process keeps everything in its own memory, where no other can look.",
    next:
      "Ask the process over HTTP, run `onsale serve` or `onsale sim rush`, or unset STACK to use " +
      "servers.",
  });
}

/** The variables that name the servers of a stack. */
export function variablesOf(urls: StackUrls): NodeJS.ProcessEnv {
  return {
    MYSQL_URL: urls.mysqlUrl,
    REDIS_URL: urls.redisUrl,
    KAFKA_BROKERS: urls.kafkaBrokers.join(","),
    KAFKA_IDEMPOTENT: String(urls.kafkaIdempotent),
  };
}

/**
 * The servers that the environment names, else those of the running devstack. Nothing is started.
 * Secrets that are not set are the stack's development secrets, except with NODE_ENV=production.
 * A blank variable counts as one that is not set, as it does for `readConfig`.
 * @throws CliError with exit code 3 when there are none, or none are wanted
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
    throw new CliError("STACK_NOT_RUNNING", "There are no servers to talk to", {
      exitCode: EXIT.precondition,
      next: "Start private ones with `onsale stack up`, or set MYSQL_URL and REDIS_URL.",
    });
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
 * The variables that are not blank, and what a development process needs to sign and verify tokens.
 * An embedded one makes up its own, and would not know these.
 */
export async function withSecrets(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const given = withoutBlanks(env);
  if (isEmbedded(given) || given.NODE_ENV === "production") return given;
  const { devSecrets } = await import("@onsale/devstack");
  return { ...(await devSecrets()), ...given };
}

/** The variables that say something: to `readConfig` a blank one is not set either. */
export function withoutBlanks(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
}
