import { expect } from "chai";
import { Redis } from "ioredis";
import { createConnection } from "mysql2/promise";
import { dockerAnswers } from "../../src/dockerStack.ts";
import type { Stack, StackOptions } from "../../src/index.ts";
import { stackDown, stackStatus, stackUp, TEST_STACK_PREFIX } from "../../src/index.ts";

// Not the servers of the environment: kill and pause must not reach them.
const { MYSQL_URL: _mysql, REDIS_URL: _redis, KAFKA_BROKERS: _kafka, ...inherited } = process.env;
const options = {
  name: `${TEST_STACK_PREFIX}containers-${process.pid}`,
  env: inherited,
} satisfies StackOptions;

async function query(url: string, sql: string): Promise<unknown> {
  const connection = await createConnection(url);
  try {
    const [rows] = await connection.query(sql);
    return rows;
  } finally {
    await connection.end();
  }
}

/** Needs a container engine and the images; without an engine the suite is skipped. */
describe("a stack of containers", function () {
  this.timeout(240_000);
  let stack: Stack;

  before("starts the containers", async function () {
    if (!(await dockerAnswers(options.env))) this.skip();
    stack = await stackUp(options);
  });

  after("removes them with their data", () => stackDown({ ...options, wipe: true }));

  const isReady = async (name: string) =>
    (await stackStatus(options)).find((server) => server.name === name)?.ready;

  it("runs all three servers", async () => {
    for (const server of await stack.status()) {
      expect(server, server.name).to.include({ source: "docker", ready: true });
    }
    expect(stack.urls.kafkaIdempotent).to.equal(true);
  });

  it("keeps the data of MySQL when the stack goes down and comes up again", async () => {
    await query(stack.urls.mysqlUrl, "CREATE TABLE kept (id INT PRIMARY KEY)");
    await stack.down();
    expect(await isReady("mysql")).to.equal(false);
    stack = await stackUp(options);
    expect(await query(stack.urls.mysqlUrl, "SELECT COUNT(*) AS n FROM kept")).to.deep.equal([
      { n: 0 },
    ]);
  });

  it("starts the same container again after kill, stop and restart", async () => {
    const redis = async (work: (client: Redis) => Promise<unknown>) => {
      const client = new Redis(stack.urls.redisUrl);
      try {
        return await work(client);
      } finally {
        client.disconnect();
      }
    };
    for (const [action, ...others] of [
      ["kill", "start"],
      ["stop", "start"],
      ["restart"],
    ] as const) {
      await redis((client) => client.set("key", "value"));
      await stack.fault("redis", action);
      for (const other of others) {
        expect(await isReady("redis"), action).to.equal(false);
        await stack.fault("redis", other);
      }
      expect(await redis((client) => client.get("key")), action).to.equal(null);
    }
  });

  it("freezes a server that is paused, and lets it go on", async () => {
    await stack.fault("redis", "pause");
    expect(await isReady("redis")).to.equal(false);
    await stack.fault("redis", "resume");
    expect(await isReady("redis")).to.equal(true);
  });
});
