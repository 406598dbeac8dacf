import { createConnection } from "mysql2/promise";

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
  const url = new URL(benchUrl);
  const name = url.pathname.slice(1);
  url.pathname = "/";
  const connection = await createConnection({ uri: url.href });
  try {
    await connection.query("DROP DATABASE IF EXISTS ??", [name]);
  } finally {
    await connection.end();
  }
}
