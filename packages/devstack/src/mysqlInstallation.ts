import { existsSync } from "node:fs";
import { join } from "node:path";
import { DevstackError } from "./devstackError.ts";
import { findProgram, outputOf } from "./findProgram.ts";
import { ROOT_FOLDER, SETUP } from "./folders.ts";
import type { MysqlFlavour } from "./types.ts";

const VERSION_MAX_MS = 10_000;

export interface CommandLine {
  command: string;
  args: readonly string[];
}

/** An installed MySQL or MariaDB server program, with the settings that differ between the two. */
export interface MysqlInstallation {
  /** Product and version, such as "MariaDB 10.11.19". */
  flavour: string;
  /** Name of the data directory in the server's folder. */
  dataName: string;
  /** Lines of the configuration file for this product only. */
  settings: readonly string[];
  /** Returns the command line that runs the server with these arguments. */
  commandLine(args: readonly string[]): CommandLine;
  /**
   * Returns the command line that creates a data directory with these arguments.
   * @throws DevstackError when the program for this is missing
   */
  initialize(args: readonly string[], env: NodeJS.ProcessEnv): CommandLine;
}

/**
 * Finds the server program of the requested flavour, or the installed one when no flavour is
 * requested.
 * @throws DevstackError when the program is missing
 */
export async function findMysql(
  env: NodeJS.ProcessEnv,
  flavour: MysqlFlavour | undefined,
): Promise<MysqlInstallation> {
  if (flavour === "9") return findCachedMysql();
  const names = flavour === "mariadb" ? ["mariadbd"] : ["mysqld", "mariadbd"];
  const program = findProgram(names, env);
  if (program === undefined) {
    throw new DevstackError(
      `Not installed: ${names.join(" or ")}; ${SETUP}, start Docker or set MYSQL_URL`,
    );
  }
  const { isMariaDb, version } = await identify({ command: program, args: [] });
  return isMariaDb ? mariaDb(program, version) : mysql(program, version);
}

async function identify(line: CommandLine): Promise<{ isMariaDb: boolean; version: string }> {
  const args = [...line.args, "--no-defaults", "--version"];
  const banner = await outputOf(line.command, args, { timeoutMs: VERSION_MAX_MS });
  const version = /Ver\s+(\d+\.\d+\.\d+)/.exec(banner)?.[1] ?? "of unknown version";
  return { isMariaDb: /mariadb/i.test(banner), version };
}

function mariaDb(program: string, version: string): MysqlInstallation {
  return {
    flavour: `MariaDB ${version}`,
    dataName: "data",
    settings: ["innodb_log_file_size=128M"],
    commandLine: (args) => ({ command: program, args }),
    initialize(args, env) {
      const installer = findProgram(["mariadb-install-db", "mysql_install_db"], env);
      if (installer === undefined) {
        throw new DevstackError(`mariadb-install-db is missing; ${SETUP}`);
      }
      const options = ["--auth-root-authentication-method=normal", "--skip-test-db"];
      return { command: installer, args: [...args, ...options] };
    },
  };
}

const mysqlSettings = ["innodb_redo_log_capacity=256M", "mysqlx=0", "secure-file-priv=NULL"];

function mysql(program: string, version: string): MysqlInstallation {
  return {
    flavour: `MySQL ${version}`,
    dataName: "data",
    settings: mysqlSettings,
    commandLine: (args) => ({ command: program, args }),
    initialize: (args) => ({ command: program, args: [...args, "--initialize-insecure"] }),
  };
}

/**
 * Finds the copy of MySQL that scripts/mysql9 creates. The programs of the copy may need newer
 * libraries than this machine has. So the dynamic loader of the copy runs the programs with the
 * libraries of the copy. Unlike chroot, this does not need root, and all programs see the same
 * paths.
 */
async function findCachedMysql(): Promise<MysqlInstallation> {
  const cacheDir = join(ROOT_FOLDER, ".cache", "mysql-9");
  if (!existsSync(join(cacheDir, "complete"))) {
    throw new DevstackError(
      "MySQL 9 is not in .cache/mysql-9; run scripts/mysql9, start Docker or set MYSQL_URL",
    );
  }
  const usrDir = join(cacheDir, "root", "usr");
  const { loader, libDir } = loaderOf(usrDir);
  const prefix = ["--library-path", libDir, join(usrDir, "sbin", "mysqld")];
  const { version } = await identify({ command: loader, args: prefix });
  const base = [`--basedir=${usrDir}`, `--lc-messages-dir=${join(usrDir, "share", "mysql")}`];
  return {
    flavour: `MySQL ${version}`,
    dataName: "data-mysql-9",
    settings: mysqlSettings,
    // mysqld accepts --defaults-file and --no-defaults only as its first argument.
    commandLine: (args) => ({ command: loader, args: [...prefix, ...args, ...base] }),
    initialize: (args) => ({
      command: loader,
      args: [...prefix, ...args, ...base, "--initialize-insecure"],
    }),
  };
}

/**
 * For each architecture, the file name of the dynamic loader and Debian's name of the library
 * folder.
 */
const loaders: Partial<Record<NodeJS.Architecture, { file: string; triplet: string }>> = {
  x64: { file: "ld-linux-x86-64.so.2", triplet: "x86_64-linux-gnu" },
  arm64: { file: "ld-linux-aarch64.so.1", triplet: "aarch64-linux-gnu" },
};

function loaderOf(usrDir: string): { loader: string; libDir: string } {
  const known = loaders[process.arch];
  if (known === undefined) {
    throw new DevstackError(
      `MySQL 9 cannot run natively on ${process.arch}; start Docker or set MYSQL_URL`,
    );
  }
  const libDir = join(usrDir, "lib", known.triplet);
  return { loader: join(libDir, known.file), libDir };
}
