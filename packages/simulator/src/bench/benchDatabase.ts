import { createConnection } from "mysql2/promise";

/** The same server with a database of the benchmark's own, so that no other data is touched. */
export function benchDatabaseUrl(mysqlUrl: string, name: string): string {
  const url = new URL(mysqlUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Removes the benchmark's database with everything in it. */
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
