import mysql from "mysql2/promise";
import { Sequelize } from "sequelize";
import { SequelizeStorage, Umzug } from "umzug";
import { MIGRATIONS } from "../sql/migrations/migrations.ts";

/**
 * How long a process waits while another process, started at the same time, runs the migrations.
 */
const LOCK_SECONDS = 60;

/**
 * Creates the database if it is missing and runs the pending migrations, one process at a time.
 * @returns the names of the migrations that ran
 */
export async function migrateMysql(url: string): Promise<readonly string[]> {
  const lock = await createDatabase(url);
  const sequelize = new Sequelize(url, { dialect: "mysql", logging: false, pool: { max: 1 } });
  try {
    const umzug = new Umzug({
      migrations: MIGRATIONS.map((migration) => ({
        name: migration.name,
        up: async () => {
          for (const statement of migration.statements) await sequelize.query(statement);
        },
      })),
      storage: new SequelizeStorage({ sequelize, tableName: "migrations" }),
      logger: undefined,
    });
    const ran = await umzug.up();
    return ran.map((migration) => migration.name);
  } finally {
    await sequelize.close();
    await lock.end();
  }
}

/**
 * Returns the connection that holds the migration lock. Closing the connection releases the lock.
 */
async function createDatabase(url: string): Promise<mysql.Connection> {
  const server = new URL(url);
  const name = decodeURIComponent(server.pathname.slice(1));
  server.pathname = "/";
  const connection = await mysql.createConnection(server.href.replace(/^mariadb:/, "mysql:"));
  try {
    await connection.query(
      `CREATE DATABASE IF NOT EXISTS ${mysql.escapeId(name)} CHARACTER SET utf8mb4`,
    );
    await connection.query("SELECT GET_LOCK(?, ?)", [`migrate:${name}`.slice(0, 64), LOCK_SECONDS]);
    return connection;
  } catch (error) {
    await connection.end();
    throw error;
  }
}
