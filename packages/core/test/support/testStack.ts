import { type StackUrls, stackStatus, stackUp } from "@onsale/devstack";
import mysql from "mysql2/promise";
import { readServersConfig, type ServersConfig } from "../../src/config/readConfig.ts";

/**
 * The servers of the tests: those of the URLs in the environment, otherwise the development stack.
 * A stack that this process started is stopped after the last test.
 */
let stack: Promise<StackUrls> | undefined;
let stopStack: (() => Promise<void>) | undefined;
const openConnections = new Map<string, Promise<mysql.Connection>>();

async function bringUp(): Promise<StackUrls> {
  const before = await stackStatus();
  const up = await stackUp();
  if (!before.every((server) => server.ready)) stopStack = () => up.down();
  return up.urls;
}

export function testServers(): Promise<StackUrls> {
  stack ??= bringUp();
  return stack;
}

after("stops what the tests started", async () => {
  for (const connection of openConnections.values()) (await connection).destroy();
  openConnections.clear();
  await stopStack?.();
});

/** A name for a test's database and prefixes that no other test, process or checkout uses. */
let stackCount = 0;
function nextStackName(): string {
  stackCount += 1;
  return `onsale_test_${process.pid}_${stackCount}`;
}

export interface TestStack {
  /** Also the database's name. */
  readonly name: string;
  /** The environment variables of the test; a test may add others. */
  readonly env: Readonly<Record<string, string>>;
}

const SECRET = "only-for-tests-0123456789-0123456789";

/** Names for a test: a database, which is not created yet, a Redis prefix and a topic prefix. */
export async function newTestStack(): Promise<TestStack> {
  const { mysqlUrl, redisUrl, kafkaBrokers, kafkaIdempotent } = await testServers();
  const name = nextStackName();
  const database = new URL(mysqlUrl);
  database.pathname = `/${name}`;
  return {
    name,
    env: {
      MYSQL_URL: database.href,
      REDIS_URL: redisUrl,
      REDIS_KEY_PREFIX: `${name}:`,
      KAFKA_BROKERS: kafkaBrokers.join(","),
      KAFKA_TOPIC_PREFIX: `${name}.`,
      KAFKA_IDEMPOTENT: String(kafkaIdempotent),
      AUTH_JWT_SECRET: SECRET,
      QUEUE_TOKEN_KEYS: `test:${SECRET}`,
      LOG_LEVEL: "silent",
    },
  };
}

/** The test's configuration, with the given variables added. */
export function configOf(stack: TestStack, overrides: Record<string, string> = {}): ServersConfig {
  return readServersConfig({ ...stack.env, ...overrides });
}

/**
 * Creates the test's database with the collation that the in-memory database implements, for tests
 * that compare the order of texts. The default collation of MySQL 8 and 9 sorts "_" before "a",
 * that of MariaDB 10 after "a".
 */
export async function createGeneralCiDatabase(stack: TestStack): Promise<void> {
  const server = new URL(stack.env.MYSQL_URL ?? "");
  server.pathname = "/";
  const connection = await mysql.createConnection(server.href.replace(/^mariadb:/, "mysql:"));
  try {
    const name = mysql.escapeId(stack.name);
    await connection.query(
      `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`,
    );
  } finally {
    await connection.end();
  }
}

/** In UTC, like the core's own sessions, so that times can be compared. */
async function connectTo(stack: TestStack): Promise<mysql.Connection> {
  const uri = (stack.env.MYSQL_URL ?? "").replace(/^mariadb:/, "mysql:");
  const connection = await mysql.createConnection({ uri, timezone: "Z" });
  await connection.query("SET time_zone = '+00:00'");
  return connection;
}

/** Runs a statement on the test's database, on a connection of its own. */
export async function runSql(
  stack: TestStack,
  sql: string,
  values: readonly (string | number | Date | null)[] = [],
): Promise<Record<string, unknown>[]> {
  const opening = openConnections.get(stack.name) ?? connectTo(stack);
  openConnections.set(stack.name, opening);
  const [rows] = await (await opening).query<mysql.RowDataPacket[]>(sql, [...values]);
  return Array.isArray(rows) ? rows : [];
}

/** Drops the test's database. */
export async function dropTestStack(stack: TestStack): Promise<void> {
  await runSql(stack, `DROP DATABASE IF EXISTS ${mysql.escapeId(stack.name)}`);
  const connection = openConnections.get(stack.name);
  openConnections.delete(stack.name);
  (await connection)?.destroy();
}
