import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";

/** The names of the databases that rushes, drills, benchmarks and studies make for themselves. */
const OWN_NAME = /^onsale_(rush|bench|study|load|locks|services)_[0-9a-f]{8}(_[a-z_]+)?$/;

/**
 * Returns the URL of a database on the same server that only the benchmark uses, so that the
 * benchmark does not touch other data.
 */
export function benchDatabaseUrl(mysqlUrl: string, name: string): string {
  const url = new URL(mysqlUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Deletes the benchmark's database. */
export async function dropBenchDatabase(benchUrl: string): Promise<void> {
  const name = new URL(benchUrl).pathname.slice(1);
  await withServer(benchUrl, async (connection) => {
    await connection.query("DROP DATABASE IF EXISTS ??", [name]);
  });
}

/**
 * Finds databases that runs have left: a run that was ended by SIGKILL cannot drop its own. A
 * database to which a process is connected belongs to a run that goes on. A run without a
 * connection at this moment is not recognised, so a person decides about the removal.
 */
export async function leftBenchDatabases(mysqlUrl: string): Promise<readonly string[]> {
  return withServer(mysqlUrl, async (connection) => {
    const [databases] = await connection.query<RowDataPacket[]>("SHOW DATABASES");
    const [processes] = await connection.query<RowDataPacket[]>("SHOW PROCESSLIST");
    const inUse = new Set(processes.map(({ db }) => String(db)));
    return databases
      .map(({ Database }) => String(Database))
      .filter((name) => OWN_NAME.test(name) && !inUse.has(name));
  });
}

async function withServer<T>(
  mysqlUrl: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const url = new URL(mysqlUrl);
  url.pathname = "/";
  const connection = await createConnection({ uri: url.href });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}
