import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DevstackError, messageOf } from "./devstackError.ts";
import { outputOf } from "./findProgram.ts";
import { findMysql, type MysqlInstallation } from "./mysqlInstallation.ts";
import type { LaunchContext, PreparedServer, ServerKind } from "./serverKind.ts";
import type { StackPorts } from "./stackState.ts";

/** MariaDB creates a data directory in one second, MySQL in five. A slow disk needs longer. */
const INITIALIZE_MAX_MS = 60_000;
const DATABASE = "onsale";

export const mysqlServer: ServerKind = { prepare, ping, urlAt };

function urlAt(ports: StackPorts): string {
  return `mysql://root@127.0.0.1:${ports.mysql}/${DATABASE}`;
}

async function ping(url: string, timeoutMs: number): Promise<void> {
  await mysqlVersionAt(url, timeoutMs);
}

/** Returns the version text of the server, such as "9.7.4-2" or "10.11.19-MariaDB". */
export async function mysqlVersionAt(url: string, timeoutMs: number): Promise<string> {
  const { createConnection } = await import("mysql2/promise");
  // The connection names no database, because the database may not exist yet.
  const server = new URL(url);
  server.pathname = "/";
  const connection = await createConnection({ uri: server.href, connectTimeout: timeoutMs });
  try {
    const sql = "SELECT VERSION()";
    const [rows] = await connection.query({ sql, timeout: timeoutMs, rowsAsArray: true });
    return String(Array.isArray(rows) ? rows.flat()[0] : undefined);
  } finally {
    // `end()` would wait for an answer, which a frozen server never sends.
    connection.destroy();
  }
}

async function prepare(context: LaunchContext): Promise<PreparedServer> {
  const installation = await findMysql(context.env, context.mysqlFlavour);
  const { serverDir, ports } = context;
  mkdirSync(serverDir, { recursive: true });
  // MySQL cannot start on the data of MariaDB, and MariaDB cannot start on the data of MySQL.
  const dataDir = join(serverDir, installation.dataName);
  if (!existsSync(dataDir)) await initializeData(installation, dataDir, context);
  const configFile = join(serverDir, "my.cnf");
  const initFile = join(serverDir, "init.sql");
  writeFileSync(initFile, initSql);
  mkdirSync(temporaryDirOf(dataDir), { recursive: true });
  writeFileSync(configFile, configText(installation, dataDir, initFile, context));
  return {
    flavour: installation.flavour,
    url: urlAt(ports),
    launch: {
      ...installation.commandLine([`--defaults-file=${configFile}`]),
      cwd: serverDir,
      logFile: join(serverDir, "server.log"),
    },
  };
}

/**
 * Creates the data in a temporary folder and renames it. An interrupted run leaves no partial data.
 */
async function initializeData(
  installation: MysqlInstallation,
  dataDir: string,
  context: LaunchContext,
): Promise<void> {
  const partDir = `${dataDir}.part`;
  rmSync(partDir, { recursive: true, force: true });
  const asUser = userName() === undefined ? [] : [`--user=${userName()}`];
  try {
    const { command, args } = installation.initialize(
      ["--no-defaults", ...asUser, `--datadir=${partDir}`],
      context.env,
    );
    await outputOf(command, args, { timeoutMs: INITIALIZE_MAX_MS });
  } catch (error) {
    throw new DevstackError(`Cannot make a data directory for MySQL: ${messageOf(error)}`);
  }
  renameSync(partDir, dataDir);
}

/** As root, the server starts only with `user=root`. Another user could not access the data. */
function userName(): string | undefined {
  return process.getuid?.() === 0 ? "root" : undefined;
}

/**
 * SQL that the server runs at each start. With skip-name-resolve, TCP needs an account for
 * 127.0.0.1.
 */
const initSql = `CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
CREATE DATABASE IF NOT EXISTS ${DATABASE} CHARACTER SET utf8mb4;
`;

/** Each server has its own folder: a starting server deletes all temporary tables in its folder. */
const temporaryDirOf = (dataDir: string): string => `${dataDir}-tmp`;

function configText(
  installation: MysqlInstallation,
  dataDir: string,
  initFile: string,
  { ports, secure }: Pick<LaunchContext, "ports" | "secure">,
): string {
  const settings = [
    "[mysqld]",
    ...(userName() === undefined ? [] : [`user=${userName()}`]),
    `datadir=${dataDir}`,
    `init-file=${initFile}`,
    `port=${ports.mysql}`,
    "bind-address=127.0.0.1",
    // The path is relative to the data directory, because a socket path is limited to 107
    // characters.
    "socket=mysql.sock",
    "pid-file=mysql.pid",
    `tmpdir=${temporaryDirOf(dataDir)}`,
    "skip-name-resolve",
    "skip-log-bin",
    "transaction-isolation=READ-COMMITTED",
    "character-set-server=utf8mb4",
    "default-time-zone=+00:00",
    "max_connections=400",
    "performance_schema=OFF",
    // Durable as in production: a committed sale survives a SIGKILL.
    "innodb_flush_log_at_trx_commit=1",
    "innodb_buffer_pool_size=512M",
    "innodb_lock_wait_timeout=5",
    "innodb_rollback_on_timeout=ON",
    ...installation.settings,
    ...(secure === undefined ? [] : tlsSettings(secure.folder)),
  ];
  return `${settings.join("\n")}\n`;
}

function tlsSettings(folder: string): string[] {
  const file = (name: string): string => join(folder, name);
  return [
    `ssl-ca=${file("ca-cert.pem")}`,
    `ssl-cert=${file("server-cert.pem")}`,
    `ssl-key=${file("server-key.pem")}`,
  ];
}
