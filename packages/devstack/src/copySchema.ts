import mysql from "mysql2/promise";

/*
 * Migrated databases for tests
 *
 * Almost every suite of tests wants an empty database with the product's schema. The migrations
 * change the same tables many times, which costs the server and this process half a second of CPU
 * for each database. So only the first database of a process is migrated. Its tables, and the rows
 * that the migrations wrote, are read once, and every other database gets them in one query.
 */

/**
 * Gives the database of the URL, which does not exist yet, the schema of the product.
 * @param migrate creates this database, and migrates it
 */
export type CreateMigrated = (url: string, migrate: () => Promise<unknown>) => Promise<void>;

/** Makes a function that migrates the first database, and copies its schema to every other one. */
export function schemaCopies(): CreateMigrated {
  let first: Promise<Schema> | undefined;
  return async (url, migrate) => {
    if (first !== undefined) return create(url, await first);
    first = migrate().then(() => readSchema(url));
    try {
      await first;
    } catch (error) {
      first = undefined;
      throw error;
    }
  };
}

interface Schema {
  readonly collation: string;
  /** Create the tables with their rows. */
  readonly statements: readonly string[];
}

const uriOf = (url: string): string => url.replace(/^mariadb:/, "mysql:");
const nameOf = (url: string): string => new URL(url).pathname.slice(1);

/** A value of a row: dates and large numbers are texts. */
type Cell = string | number | null;

async function readSchema(url: string): Promise<Schema> {
  const connection = await mysql.createConnection({
    ...{ uri: uriOf(url), rowsAsArray: true, dateStrings: true },
    ...{ supportBigNumbers: true, bigNumberStrings: true },
  });
  const read = async (sql: string): Promise<Cell[][]> => {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(sql);
    return rows.map((row) => Object.values(row));
  };
  try {
    const [of = []] = await read("SELECT @@collation_database");
    const statements = ["SET FOREIGN_KEY_CHECKS = 0"];
    for (const [table] of await read("SHOW TABLES")) {
      const name = mysql.escapeId(String(table));
      const [created] = await read(`SHOW CREATE TABLE ${name}`);
      statements.push(String(created?.[1]));
      const rows = await read(`SELECT * FROM ${name}`);
      if (rows.length > 0) statements.push(mysql.format(`INSERT INTO ${name} VALUES ?`, [rows]));
    }
    return { collation: String(of[0]), statements };
  } finally {
    await connection.end();
  }
}

async function create(url: string, { collation, statements }: Schema): Promise<void> {
  const server = new URL(uriOf(url));
  server.pathname = "/";
  const connection = await mysql.createConnection({ uri: server.href, multipleStatements: true });
  try {
    const name = mysql.escapeId(nameOf(url));
    const created = `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE ${collation}`;
    await connection.query([created, `USE ${name}`, ...statements].join(";\n"));
  } finally {
    await connection.end();
  }
}
