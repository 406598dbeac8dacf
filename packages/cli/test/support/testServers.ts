import { migrateDatabase, readServersConfig } from "@onsale/core";
import { type StackUrls, stackStatus, stackUp } from "@onsale/devstack";
import { schemaCopies } from "@onsale/devstack/copySchema";
import mysql from "mysql2/promise";

/** The servers of the tests; stopped after the last test when this process started them. */
let stack: Promise<StackUrls> | undefined;
let stopStack: (() => Promise<void>) | undefined;

async function bringUp(): Promise<StackUrls> {
  const before = await stackStatus();
  const up = await stackUp();
  if (!before.every((server) => server.ready)) stopStack = () => up.down();
  return up.urls;
}

after("stops what the tests started", async () => {
  await stopStack?.();
});

/** A database, a Redis prefix and topics that no other test, process or checkout uses. */
export interface TestStack {
  /** The environment of a command. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs SQL in the database of the test. */
  sql(text: string): Promise<void>;
  /** Reads rows of the database of the test. */
  rows<Row extends object>(text: string): Promise<readonly Row[]>;
  /** Runs SQL on the server, without a current database. */
  query(text: string): Promise<readonly mysql.RowDataPacket[]>;
  drop(): Promise<void>;
}

const SECRET = "only-for-tests-0123456789-0123456789";
let stackCount = 0;
const createMigrated = schemaCopies();

/** @param options.migrated false leaves the database to the test */
export async function newTestStack(options: { migrated: boolean }): Promise<TestStack> {
  stack ??= bringUp();
  const urls = await stack;
  stackCount += 1;
  const name = `onsale_cli_test_${process.pid}_${stackCount}`;
  const database = new URL(urls.mysqlUrl);
  database.pathname = `/${name}`;
  const env = {
    MYSQL_URL: database.href,
    REDIS_URL: urls.redisUrl,
    REDIS_KEY_PREFIX: `${name}:`,
    KAFKA_BROKERS: urls.kafkaBrokers.join(","),
    KAFKA_TOPIC_PREFIX: `${name}.`,
    KAFKA_IDEMPOTENT: String(urls.kafkaIdempotent),
    AUTH_JWT_SECRET: SECRET,
    QUEUE_TOKEN_KEYS: `test:${SECRET}`,
  };
  if (options.migrated) {
    await createMigrated(env.MYSQL_URL, () => migrateDatabase(readServersConfig(env)));
  }
  // The database of the URL itself need not exist.
  const serverUrl = new URL(urls.mysqlUrl);
  serverUrl.pathname = "/";
  const server = await mysql.createConnection(serverUrl.href);
  return {
    env,
    async sql(text) {
      await server.query(`USE ${mysql.escapeId(name)}`);
      await server.query(text);
    },
    async rows<Row extends object>(text: string) {
      await server.query(`USE ${mysql.escapeId(name)}`);
      const [rows] = await server.query<(Row & mysql.RowDataPacket)[]>(text);
      return rows;
    },
    async query(text) {
      const [rows] = await server.query<mysql.RowDataPacket[]>(text);
      return rows;
    },
    async drop() {
      await server.query(`DROP DATABASE IF EXISTS ${mysql.escapeId(name)}`);
      await server.end();
    },
  };
}
