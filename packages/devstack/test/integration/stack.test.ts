import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Redis } from "ioredis";
import kafkajs from "kafkajs";
import { createConnection } from "mysql2/promise";
import type { ServerName, Stack, StackOptions } from "../../src/index.ts";
import { stackDown, stackStatus, stackUp, TEST_STACK_PREFIX } from "../../src/index.ts";
import { mysqlVersionAt } from "../../src/mysqlServer.ts";
import { processIdentity } from "../../src/processIdentity.ts";
import { PING_MAX_MS } from "../../src/serverKinds.ts";
import { loadState, saveState, stackDirOf } from "../../src/stackState.ts";

// Private servers in any case: kill and pause must not reach servers of other stacks.
const { MYSQL_URL: _mysql, REDIS_URL: _redis, KAFKA_BROKERS: _kafka, ...inherited } = process.env;
const options = {
  name: `${TEST_STACK_PREFIX}${process.pid}`,
  env: { ...inherited, DEVSTACK_SOURCE: "private" },
} satisfies StackOptions;

async function pidOf(stack: Stack, name: ServerName): Promise<number | undefined> {
  return (await stack.status()).find((server) => server.name === name)?.pid;
}

async function isReady(stack: Stack, name: ServerName): Promise<boolean> {
  return (await stack.status()).some((server) => server.name === name && server.ready);
}

async function query(url: string, sql: string): Promise<unknown> {
  const connection = await createConnection(url);
  try {
    const [rows] = await connection.query(sql);
    return rows;
  } finally {
    await connection.end();
  }
}

function openKafka(stack: Stack): kafkajs.Kafka {
  const brokers = [...stack.urls.kafkaBrokers];
  return new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
}

describe("a private stack", function () {
  // The suite starts Kafka four times; its JVM needs three seconds on an idle machine.
  this.timeout(120_000);
  let stack: Stack;

  before(async () => {
    stack = await stackUp(options);
  });
  after(() => stackDown({ ...options, wipe: true }));

  it("reports source, version and pid of all three servers when they answer", async () => {
    const all = await stack.status();
    expect(all.map((server) => server.name)).to.deep.equal(["mysql", "redis", "kafka"]);
    for (const server of all) {
      expect(server.ready, server.name).to.equal(true);
      expect(server.source).to.equal("private");
      expect(server.flavour).to.match(/\d+\.\d+\.\d+/);
      expect(server.pid).to.be.a("number");
    }
  });

  it("gives MySQL the settings that the product relies on", async () => {
    const sql =
      "SELECT @@transaction_isolation AS level, @@innodb_flush_log_at_trx_commit AS flush, " +
      "@@character_set_server AS charset, @@time_zone AS zone, @@log_bin AS binlog";
    const alternative = sql.replace("@@transaction_isolation", "@@tx_isolation");
    // MariaDB before 11.1 knows the level under its older name only.
    const rows = await query(stack.urls.mysqlUrl, sql).catch(() =>
      query(stack.urls.mysqlUrl, alternative),
    );
    expect(rows).to.deep.equal([
      { level: "READ-COMMITTED", flush: 1, charset: "utf8mb4", zone: "+00:00", binlog: 0 },
    ]);
  });

  it("keeps URLs and processes when stackUp is called again", async () => {
    const again = await stackUp(options);
    expect(again.urls).to.deep.equal(stack.urls);
    for (const name of ["mysql", "redis", "kafka"] as const) {
      expect(await pidOf(again, name)).to.equal(await pidOf(stack, name));
    }
  });

  it("starts one stack when stackUp is called twice at the same time", async () => {
    const [one, two] = await Promise.all([stackUp(options), stackUp(options)]);
    expect(await pidOf(one, "kafka")).to.equal(await pidOf(two, "kafka"));
  });

  it("keeps MySQL's committed rows and the URL after a kill and a restart", async () => {
    const url = stack.urls.mysqlUrl;
    await query(url, "CREATE TABLE kept (id INT PRIMARY KEY)");
    await query(url, "INSERT INTO kept VALUES (1), (2)");
    const before = await pidOf(stack, "mysql");
    await stack.fault("mysql", "kill");
    expect(await isReady(stack, "mysql")).to.equal(false);
    await stack.fault("mysql", "restart");
    expect(await isReady(stack, "mysql")).to.equal(true);
    expect(await pidOf(stack, "mysql")).to.not.equal(before);
    expect(await query(url, "SELECT id FROM kept ORDER BY id")).to.deep.equal([
      { id: 1 },
      { id: 2 },
    ]);
  });

  it("keeps Kafka's messages and the port after a kill and a restart", async () => {
    const creator = openKafka(stack).admin();
    await creator.connect();
    await creator.createTopics({ topics: [{ topic: "kept", numPartitions: 1 }] });
    await creator.disconnect();
    const producer = openKafka(stack).producer({ idempotent: true });
    await producer.connect();
    await producer.send({ topic: "kept", acks: -1, messages: [{ key: "a", value: "1" }] });
    await producer.disconnect();
    await stack.fault("kafka", "kill");
    expect(await isReady(stack, "kafka")).to.equal(false);
    await stack.fault("kafka", "restart");
    const admin = openKafka(stack).admin();
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets("kept");
    await admin.disconnect();
    expect(offsets.reduce((sum, partition) => sum + Number(partition.high), 0)).to.equal(1);
  });

  it("starts Redis empty after a kill", async () => {
    const redis = new Redis(stack.urls.redisUrl);
    await redis.set("lost", "1");
    redis.disconnect();
    await stack.fault("redis", "kill");
    await stack.fault("redis", "start");
    const again = new Redis(stack.urls.redisUrl);
    expect(await again.exists("lost")).to.equal(0);
    again.disconnect();
  });

  it("flushes Redis without a restart, and rejects flush for other servers", async () => {
    const redis = new Redis(stack.urls.redisUrl);
    await redis.set("lost", "1");
    await stack.fault("redis", "flush");
    expect(await redis.exists("lost")).to.equal(0);
    redis.disconnect();
    const outcome = await stack.fault("mysql", "flush").catch((error: Error) => error.message);
    expect(outcome).to.match(/redis only/);
  });

  for (const name of ["mysql", "redis", "kafka"] as const) {
    it(`pauses and resumes ${name} without a new process`, async () => {
      const before = await pidOf(stack, name);
      await stack.fault(name, "pause");
      expect(await isReady(stack, name)).to.equal(false);
      expect(await pidOf(stack, name)).to.equal(before);
      await stack.fault(name, "resume");
      expect(await isReady(stack, name)).to.equal(true);
      expect(await pidOf(stack, name)).to.equal(before);
    });
  }

  it("stops paused servers, leaves no process, and starts again with the data", async () => {
    const pids = (await stack.status()).map((server) => server.pid ?? 0);
    await stack.fault("redis", "pause");
    await stack.down();
    for (const pid of pids) expect(processIdentity(pid)).to.equal(undefined);
    expect((await stackStatus(options)).some((server) => server.ready)).to.equal(false);
    const again = await stackUp(options);
    expect(again.urls).to.deep.equal(stack.urls);
    const rows = await query(again.urls.mysqlUrl, "SELECT COUNT(*) AS count FROM kept");
    expect(rows).to.deep.equal([{ count: 2 }]);
  });
});

describe("a stack with a stale state", function () {
  this.timeout(60_000);
  const stale = { ...options, name: `${options.name}-stale`, servers: ["redis"] as const };
  let bystander: ChildProcess;

  beforeEach(async () => {
    bystander = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(bystander, "spawn");
  });
  afterEach(async () => {
    await stackDown({ ...stale, wipe: true });
    const gone = once(bystander, "exit");
    bystander.kill("SIGKILL");
    await gone;
  });

  it("sends no signal to another process that has reused the pid of a server", async () => {
    await stackUp(stale);
    await stackDown(stale);
    const stackDir = stackDirOf(stale);
    const state = loadState(stackDir);
    const redis = state?.servers.redis;
    if (state === undefined || redis === undefined || bystander.pid === undefined) {
      throw new Error("no state was kept");
    }
    state.servers.redis = { ...redis, pid: bystander.pid, identity: "an earlier boot:1" };
    saveState(stackDir, state);
    const stack = await stackUp(stale);
    expect(await pidOf(stack, "redis")).to.not.equal(bystander.pid);
    await stack.down();
    expect(processIdentity(bystander.pid)).to.be.a("string");
    expect(bystander.signalCode).to.equal(null);
  });

  it("takes over the lock of a command that ended without releasing it", async () => {
    const stackDir = stackDirOf(stale);
    rmSync(stackDir, { recursive: true, force: true });
    mkdirSync(stackDir, { recursive: true });
    writeFileSync(join(stackDir, "lock"), `${bystander.pid} an-earlier-boot:1 1`);
    const stack = await stackUp(stale);
    expect(await isReady(stack, "redis")).to.equal(true);
  });
});

describe("a stack whose servers are named by environment variables", () => {
  it("uses the URL unchanged, and refuses to kill or pause the server", async () => {
    const own = await stackUp({ ...options, name: `${options.name}-own`, servers: ["redis"] });
    try {
      const env = { ...options.env, REDIS_URL: own.urls.redisUrl };
      const given = { ...options, name: `${options.name}-env`, env, servers: ["redis"] as const };
      const stack = await stackUp(given);
      expect(stack.urls.redisUrl).to.equal(own.urls.redisUrl);
      expect((await stack.status())[0]?.source).to.equal("environment");
      const outcome = await stack.fault("redis", "kill").catch((error: Error) => error.message);
      expect(outcome).to.match(/REDIS_URL/);
      await stack.down();
      expect(await isReady(own, "redis")).to.equal(true);
      await stackDown({ ...given, wipe: true });
    } finally {
      await stackDown({ ...options, name: `${options.name}-own`, wipe: true });
    }
  });

  it("rejects a MYSQL_URL whose server has another version than the requested one", async () => {
    const own = { ...options, name: `${options.name}-version`, servers: ["mysql"] as const };
    const { urls } = await stackUp(own);
    const env = { ...options.env, MYSQL_URL: urls.mysqlUrl };
    const given = { ...own, env, name: `${options.name}-given` };
    try {
      const version = await mysqlVersionAt(urls.mysqlUrl, PING_MAX_MS);
      const requested = stackUp({ ...given, mysql: "9" }).then(
        () => "up",
        (error: Error) => error.message,
      );
      const refused = `MYSQL_URL names a server of version ${version}, not MySQL 9`;
      expect(await requested).to.include(version.startsWith("9.") ? "up" : refused);
    } finally {
      await stackDown({ ...given, wipe: true });
      await stackDown({ ...own, wipe: true });
    }
  });

  it("names the variable, without the password, when its server does not answer", async () => {
    const env = { ...options.env, MYSQL_URL: "mysql://root:s3cret@127.0.0.1:1/none" };
    const absent = { ...options, name: `${options.name}-absent`, env, servers: ["mysql"] as const };
    const outcome = await stackUp(absent).then(
      () => "up",
      (error: Error) => error.message,
    );
    await stackDown({ ...absent, wipe: true });
    expect(outcome).to.match(/MYSQL_URL is set, but nothing answers/);
    expect(outcome).to.not.include("s3cret");
  });
});
