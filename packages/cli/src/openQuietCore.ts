import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { OnsaleConfig, OpenedCore, SchemaStatus, ServersConfig } from "@onsale/core";
import { CliError, EXIT } from "./cliError.ts";
import { type Installation, installationOf } from "./installation.ts";
import { type ServerEnvironment, serverEnvironment } from "./stackEnvironment.ts";

/**
 * Longest time that a command waits for the connections, which open in the background. A server on
 * the same network needs much less; a busy machine can need more than a second.
 */
const CONNECT_MS_MAX = 4_000;
const CONNECT_POLL_MS = 10;
const SECRET_BYTES = 32;

export interface OperatorConfig {
  readonly config: ServersConfig;
  readonly installation: Installation;
}

/**
 * Reads the settings of a command that signs no token. Secrets that the environment does not have
 * are random for this process, so an operator needs no signing secret in order to look.
 * @throws CliError when there are no servers, ConfigError when the settings are invalid
 */
export async function readOperatorConfig(profile?: string): Promise<OperatorConfig> {
  const { readServersConfig } = await import("@onsale/core");
  const found: ServerEnvironment = await serverEnvironment(process.env, profile);
  const secret = randomBytes(SECRET_BYTES).toString("hex");
  const unsigned = { QUEUE_TOKEN_KEYS: `unused:${secret}`, AUTH_JWT_SECRET: secret };
  const withoutFiles = Object.keys(unsigned).map((name) => [`${name}_FILE`, ""] as const);
  const config = readServersConfig({
    ...{ ...unsigned, LOG_LEVEL: "error", ...found.env },
    // This process needs no secret, so it must not fail because it may not read the file of one.
    ...Object.fromEntries(withoutFiles),
  });
  return { config, installation: installationOf(config, found) };
}

/**
 * Opens core without a broker connection for a command that reads or changes the stored state.
 * @throws CliError with exit code 3 when MySQL refuses the connection or the schema is not current
 */
export async function openOperatorCore(config: ServersConfig): Promise<OpenedCore> {
  const [openedCore, schema] = await Promise.allSettled([openCoreFor(config), schemaOf(config)]);
  if (openedCore.status === "rejected") throw openedCore.reason;
  const opened = openedCore.value;
  try {
    const mysql = opened.core.health().find(({ dependency }) => dependency === "mysql");
    if (mysql?.up === false) throw unavailable(config, mysql.reason);
    if (schema.status === "rejected") throw schema.reason;
    requireMigrated(schema.value);
  } catch (error) {
    await opened.close();
    throw error;
  }
  return opened;
}

/**
 * Reads the state of the schema.
 * @throws CliError with exit code 3, the address and the driver's reason when it cannot be read
 */
export async function schemaOf(config: ServersConfig): Promise<SchemaStatus> {
  const { migrationsOf } = await import("@onsale/core");
  return migrationsOf(config).catch((error: unknown) => {
    throw unavailable(config, error instanceof Error ? error.message || error.name : undefined);
  });
}

/**
 * Opens core without a broker connection. Waits until MySQL and Redis answer or the time is up.
 * @param from another version of core; default: this one
 */
export async function openCoreFor(
  config: OnsaleConfig,
  from?: Pick<typeof import("@onsale/core"), "createLogger" | "openCore">,
): Promise<OpenedCore> {
  const { createLogger, openCore } = from ?? (await import("@onsale/core"));
  const deadlineMs = performance.now() + CONNECT_MS_MAX;
  const opened = await openCore(config, { log: createLogger(config.logLevel), role: "api" });
  const isUp = (name: string) =>
    opened.core.health().some(({ dependency, up }) => dependency === name && up);
  while (!(isUp("mysql") && isUp("redis")) && performance.now() < deadlineMs) {
    await sleep(CONNECT_POLL_MS);
  }
  return opened;
}

/** Codes of the driver for a connection that MySQL, or the network, refuses. */
const NO_CONNECTION =
  /^(ECONN\w+|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|ER_\w*ACCESS_DENIED\w*|ER_HOST_\w+)$/;
/** Codes of a TLS handshake that failed. */
const NO_HANDSHAKE = /^(HANDSHAKE_|ERR_SSL_)/;

/** A connection that was refused, in the words of every other command; other errors as they are. */
export function connectionError(config: ServersConfig, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const code = String(error.code);
  const isRefused = NO_CONNECTION.test(code) || NO_HANDSHAKE.test(code);
  return isRefused ? unavailable(config, error.message) : error;
}

/** The driver's reason says more than "does not answer": a wrong password, an unknown database. */
function unavailable({ mysql }: ServersConfig, reason: string | undefined): CliError {
  const { host, pathname } = new URL(mysql.url);
  return new CliError("MYSQL_UNAVAILABLE", `MySQL at ${host}${pathname} cannot be used`, {
    exitCode: EXIT.precondition,
    cause: reason ?? "it does not answer",
    next:
      "Check MYSQL_URL, and MYSQL_PASSWORD when the URL has no password. `onsale doctor` shows " +
      "every server; `onsale db migrate` creates a database that does not exist.",
  });
}

function requireMigrated({ pending, unknown }: SchemaStatus): void {
  if (unknown.length > 0) {
    throw new CliError("MIGRATIONS_UNKNOWN", `The schema is newer: ${unknown.join(", ")}`, {
      exitCode: EXIT.precondition,
      next: "Use the version of onsale that the servers run.",
    });
  }
  if (pending.length > 0) {
    throw new CliError("MIGRATIONS_PENDING", `The schema is not current: ${pending.join(", ")}`, {
      exitCode: EXIT.precondition,
      next: "Run `onsale db migrate`.",
    });
  }
}
