import {
  migrateDatabase,
  type OnsaleConfig,
  readConfig,
  readServersConfig,
  type ServersConfig,
} from "@onsale/core";
import { type StackUrls, stackStatus, stackUp } from "@onsale/devstack";
import { schemaCopies } from "@onsale/devstack/copySchema";
import { Redis } from "ioredis";
import mysql from "mysql2/promise";
import { TEST_STACK_VARIABLE } from "./testStackVariable.ts";

/** The servers of the tests; stopped after the last test when this process started them. */
let stack: Promise<StackUrls> | undefined;
let stopStack: (() => Promise<void>) | undefined;

async function bringUp(): Promise<StackUrls> {
  const before = await stackStatus();
  const up = await stackUp();
  if (!before.every((server) => server.ready)) stopStack = () => up.down();
  return up.urls;
}

after("stops the servers of the tests", async () => {
  await stopStack?.();
});

const SECRET = "only-for-tests-0123456789-0123456789";

/** Settings of every fixture, on every stack. */
const COMMON = {
  AUTH_JWT_SECRET: SECRET,
  QUEUE_TOKEN_KEYS: `test:${SECRET}`,
  ADMIN_JWT_SECRET: `admin-${SECRET}`,
  LOG_LEVEL: "silent",
  PORT: "0",
} as const;

let fixtureCount = 0;
const createMigrated = schemaCopies();

export interface TestFixture {
  /** The environment of its processes. */
  readonly env: Readonly<Record<string, string>>;
  readonly config: OnsaleConfig;
  drop(): Promise<void>;
}

/** Creates a separate fixture on the stack of this test run. */
export async function newTestFixture(overrides: Record<string, string> = {}): Promise<TestFixture> {
  return process.env[TEST_STACK_VARIABLE] === "embedded"
    ? newEmbeddedFixture(overrides)
    : newServersFixture(overrides);
}

/** Every process that starts with these settings has its own data, which ends with it. */
export function newEmbeddedFixture(overrides: Record<string, string> = {}): TestFixture {
  const env = { STACK: "embedded", ...COMMON, ...overrides };
  return { env, config: readConfig(env), drop: async () => {} };
}

/** Creates a migrated database, a Redis prefix and a topic prefix for one test only. */
export async function newServersFixture(
  overrides: Record<string, string> = {},
): Promise<TestFixture & { readonly config: ServersConfig }> {
  stack ??= bringUp();
  const { mysqlUrl, redisUrl, kafkaBrokers, kafkaIdempotent } = await stack;
  fixtureCount += 1;
  const name = `onsale_api_test_${process.pid}_${fixtureCount}`;
  const database = new URL(mysqlUrl);
  database.pathname = `/${name}`;
  const env = {
    MYSQL_URL: database.href,
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: `${name}:`,
    KAFKA_BROKERS: kafkaBrokers.join(","),
    KAFKA_TOPIC_PREFIX: `${name}.`,
    KAFKA_IDEMPOTENT: String(kafkaIdempotent),
    ...COMMON,
    ...overrides,
  };
  const config = readServersConfig(env);
  await createMigrated(env.MYSQL_URL, () => migrateDatabase(config));
  return {
    env,
    config,
    async drop() {
      await dropDatabase(database.href, name);
      await forgetKeys(redisUrl, env.REDIS_KEY_PREFIX);
    },
  };
}

async function dropDatabase(url: string, name: string): Promise<void> {
  const connection = await mysql.createConnection(url);
  try {
    await connection.query(`DROP DATABASE IF EXISTS ${mysql.escapeId(name)}`);
  } finally {
    connection.destroy();
  }
}

async function forgetKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
      if (keys.length > 0) await redis.unlink(keys);
    }
  } finally {
    redis.disconnect();
  }
}
