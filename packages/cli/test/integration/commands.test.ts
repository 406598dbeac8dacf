import { expect } from "chai";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

describe("onsale commands on the test servers", () => {
  let stack: TestStack;
  const run = (...words: string[]) => runInProcess(words, stack.env);
  const json = async (...words: string[]) => {
    const { stdout } = await run(...words, "--json");
    return JSON.parse(stdout).data;
  };

  before(async () => {
    stack = await newTestStack({ migrated: false });
  });
  after(() => stack.drop());

  it("doctor exits 1 while the database does not exist", async () => {
    const { code, stdout } = await run("doctor");
    expect(code).to.equal(1);
    expect(stdout)
      .to.match(/CRITICAL SCHEMA_UNREADABLE/)
      .and.include("Unknown database");
  });

  it("migrates once, and shows applied and pending migrations", async () => {
    const first = await runOnsale(["db", "migrate"], stack.env);
    expect(first.code).to.equal(0);
    expect(first.stdout).to.include("0001-initialSchema");
    const again = await run("db", "migrate");
    expect(again.stdout).to.equal("");
    expect(again.stderr).to.include("up to date");
    expect((await run("db", "status")).stdout).to.match(/0001-initialSchema +executed/);
  });

  it("shows the state of every server of the stack", async () => {
    const status = await json("stack", "status");
    expect(status.ready).to.equal(true);
    const names = status.servers.map((server: { name: string }) => server.name);
    expect(names).to.deep.equal(["mysql", "redis", "kafka"]);
  });

  it("uses the stack's server when a variable is blank", async () => {
    const names = ["MYSQL_URL", "REDIS_URL"].filter((name) => !process.env[name]);
    const blank = Object.fromEntries(names.map((name) => [name, ""]));
    const { code, stdout, stderr } = await runInProcess(["stack", "status", "--env"], blank);
    expect(code, stderr).to.equal(0);
    expect(stdout)
      .to.match(/^export MYSQL_URL='[^']+'$/m)
      .and.match(/^export REDIS_URL='[^']+'$/m);
  });

  it("creates users whose tokens differ only in the user id", async () => {
    const { userId, accessToken } = await json("user", "create", "--name", "Ada");
    const claims = JSON.parse(Buffer.from(accessToken.split(".")[1], "base64url").toString());
    expect(claims).to.include({ sub: String(userId) });
    const { stdout } = await run("user", "token", String(userId), "--quiet");
    expect(stdout.trim().split(".")).to.have.length(3);
  });

  it("says that there is no concert yet", async () => {
    expect((await run("concert", "list")).stderr).to.include("onsale serve");
    expect(await json("queue", "status")).to.deep.equal({ queues: [] });
    expect(await json("outbox", "status")).to.include({ pending: 0, published: 0, dead: 0 });
  });

  it("exits 1 for a performance or a queue that does not exist", async () => {
    const seats = await run("concert", "seats", "12345");
    expect(seats.code).to.equal(1);
    expect(seats.stderr).to.include("PERFORMANCE_NOT_FOUND").and.include("concert list");
    const queue = await run("queue", "status", "nowhere");
    expect(queue.code).to.equal(1);
    expect(queue.stderr).to.include("QUEUE_NOT_FOUND");
  });

  it("doctor exits 1 without a worker, and says what to do", async () => {
    const { code, stdout, stderr } = await run("doctor");
    expect(code).to.equal(1);
    expect(stdout)
      .to.match(/CRITICAL WORKER_MISSING/)
      .and.include("Next: Start a worker");
    for (const line of stdout.split("\n")) expect(line.length).to.be.at.most(80);
    expect(stderr).to.match(/^Installation \(environment\): MySQL .*onsale_cli_test/);
  });

  it("reports a healthy system as healthy", async () => {
    await stack.sql(
      "INSERT INTO workers (id, process_name, loops, seen_at) " +
        "VALUES (UUID(), 'test:1', '{}', NOW(6) + INTERVAL 1 HOUR)",
    );
    const { code, stdout } = await run("doctor");
    expect(stdout).to.match(/mysql +up +(MariaDB|MySQL) \d/);
    expect(stdout).to.include("innodb_rollback_on_timeout").and.include("transaction_isolation");
    for (let id = 1; id <= 10; id += 1) expect(stdout).to.match(new RegExp(`I${id} +holds`));
    expect(code).to.equal(0);
  });

  it("exits 1 with the ids of a violation, and 0 after the data is repaired", async () => {
    await stack.sql("INSERT INTO point_accounts (user_id, balance, version) VALUES (77, 500, 1)");
    const sick = await run("doctor", "--json");
    expect(sick.code).to.equal(1);
    const { data } = JSON.parse(sick.stdout);
    expect(data.healthy).to.equal(false);
    const broken = data.invariants.results.filter((result: { holds: boolean }) => !result.holds);
    expect(broken.map((result: { id: string }) => result.id)).to.deep.equal(["I3"]);
    expect(JSON.stringify(broken[0].violations)).to.include("77");
    await stack.sql("DELETE FROM point_accounts WHERE user_id = 77");
    expect((await run("doctor")).code).to.equal(0);
  });

  it("exits 1 and names the server that does not answer", async () => {
    const env = { ...stack.env, REDIS_URL: "redis://127.0.0.1:1/0" };
    const { code, stdout } = await runInProcess(["doctor"], env);
    expect(code).to.equal(1);
    expect(stdout)
      .to.match(/redis +DOWN .*ECONNREFUSED/)
      .and.include("CRITICAL SERVER_DOWN");
  });

  it("needs no signing secret for a command that only reads", async () => {
    const { AUTH_JWT_SECRET: _a, QUEUE_TOKEN_KEYS: _q, ...env } = stack.env;
    const { code, stderr } = await runOnsale(["queue", "status"], {
      ...env,
      ...{ NODE_ENV: "production", AUTH_JWT_SECRET: "", QUEUE_TOKEN_KEYS: "" },
    });
    expect(code, stderr).to.equal(0);
  });

  it("refuses a schema that is not current in every command, with the next step", async () => {
    await stack.sql("UPDATE migrations SET name = '9999-later' WHERE name = '0001-initialSchema'");
    const newer = await run("queue", "status");
    expect(newer.code).to.equal(3);
    expect(newer.stderr).to.include("MIGRATIONS_UNKNOWN");
    const migrate = await run("db", "migrate");
    expect([migrate.code, migrate.stderr]).to.deep.include(3);
    expect(migrate.stderr).to.include("MIGRATIONS_UNKNOWN").and.include("version of onsale");
    await stack.sql("DELETE FROM migrations WHERE name = '9999-later'");
    const older = await runOnsale(["outbox", "status"], stack.env);
    expect(older.code).to.equal(3);
    expect(older.stderr).to.include("MIGRATIONS_PENDING").and.include("onsale db migrate");
    await stack.sql("INSERT INTO migrations (name) VALUES ('0001-initialSchema')");
  });

  it("says why MySQL cannot be used, without the password", async () => {
    const url = new URL(stack.env.MYSQL_URL ?? "");
    const refusal = async (change: (to: URL) => void) => {
      const changed = new URL(url.href);
      change(changed);
      return runInProcess(["queue", "status"], { ...stack.env, MYSQL_URL: changed.href });
    };
    const unknown = await refusal((to) => {
      to.pathname = "/onsale_no_such_database";
    });
    expect(unknown.code).to.equal(3);
    expect(unknown.stderr).to.match(/Unknown database/);
    const wrong = await refusal((to) => {
      to.username = "intruder";
      to.password = "hunter2-hunter2";
    });
    expect(wrong.code).to.equal(3);
    expect(wrong.stderr)
      .to.match(/Access denied|not allowed/)
      .and.not.include("hunter2");
  });
});
