import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { NO_SERVERS } from "../support/noServers.ts";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnsale } from "../support/runOnsale.ts";

const ENV = { ...NO_SERVERS, STACK: "embedded" };
const SECRET = "only-for-tests-0123456789-0123456789";

/** One command of each kind that reads or changes servers. */
const ABOUT_SERVERS = [
  "bench all",
  "bench invariants",
  "concert list",
  "concert seats 1",
  "db migrate",
  "db status",
  "doctor",
  "outbox status",
  "queue status",
  "stack down",
  "stack fault redis kill",
  "stack status",
  "stack status --env",
  "stack up",
  "user create --name Ada",
];

describe("commands for servers, with STACK=embedded", () => {
  for (const line of ABOUT_SERVERS) {
    it(`\`${line}\` exits 3 instead of showing an empty sale`, async () => {
      const { code, stdout, stderr } = await runInProcess(line.split(" "), ENV);
      expect(code).to.equal(3);
      expect(stdout).to.equal("");
      expect(stderr).to.include("STACK_EMBEDDED").and.include("Next:");
    });
  }

  it("refuse flags of a run without --execute, before they look for servers", async () => {
    for (const [line, message] of [
      ["queue pause main --job 1", "--job needs --execute"],
      ["runbook run overload --acknowledge work", "--acknowledge needs --execute"],
      ["concert create --from x --dry-run --execute", "--dry-run and --execute contradict"],
    ] as const) {
      const { code, stderr } = await runInProcess(line.split(" "), ENV);
      expect(code, stderr).to.equal(2);
      expect(stderr).to.include(`Error USAGE: ${message}`);
    }
  });

  it("show --execute and --job as flags of their own in the usage", async () => {
    const { stdout } = await runInProcess(["queue", "pause", "--help"], ENV);
    expect(stdout).to.include("[--execute] [--job <value>]");
  });

  it("`config show` shows the settings without servers and masks every secret", async () => {
    const { code, stdout, stderr } = await runOnsale(["config", "show"], ENV);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^STACK +embedded +environment$/m);
    expect(stdout).to.match(/^MYSQL_URL +- +not set$/m);
    expect(stdout).to.match(/^AUTH_JWT_SECRET +- +not set$/m);
  });

  it("`concert create` by pnpm reads a path relative to the folder of its caller", async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "onsale-caller-")));
    const words = ["concert", "create", "--from", "none.yaml"];
    const byPnpm = { ...ENV, npm_lifecycle_event: "onsale", INIT_CWD: folder };
    const { code, stderr } = await runOnsale(words, byPnpm);
    expect(code).to.equal(2);
    expect(stderr).to.include(`${join(folder, "none.yaml")} cannot be read: ENOENT`);
    const other = { ...byPnpm, npm_lifecycle_event: "test" };
    expect((await runOnsale(words, other)).stderr).to.include(join(process.cwd(), "none.yaml"));
    await rm(folder, { recursive: true });
  });

  it("`user token` signs only with the given secret", async () => {
    const without = await runInProcess(["user", "token", "7"], ENV);
    expect(without.code).to.equal(3);
    expect(without.stderr).to.include("AUTH_JWT_SECRET");
    const given = await runOnsale(["user", "token", "7"], { ...ENV, AUTH_JWT_SECRET: SECRET });
    expect(given.code, given.stderr).to.equal(0);
    expect(given.stdout.trim().split(".")).to.have.length(3);
  });
});

describe("`sim rush --url`", () => {
  const SERVERS = {
    ...NO_SERVERS,
    STACK: "servers",
    MYSQL_URL: "mysql://root@127.0.0.1:1/onsale",
    REDIS_URL: "redis://127.0.0.1:1/0",
    KAFKA_BROKERS: "127.0.0.1:1",
    AUTH_JWT_SECRET: SECRET,
    QUEUE_TOKEN_KEYS: `test:${SECRET}`,
  };
  const rush = (...flags: readonly string[]) => runInProcess(["sim", "rush", ...flags], SERVERS);

  for (const url of ["nonsense", "ftp://127.0.0.1", "http://127.0.0.1:8080/api", "http://a:b@c"]) {
    it(`exits 2 for ${url}, which is not a base URL`, async () => {
      const { code, stderr } = await rush("--url", url);
      expect(code).to.equal(2);
      expect(stderr).to.include("Expected a URL such as http://127.0.0.1:8080");
    });
  }

  it("exits 3 when no API answers, before it needs any server", async () => {
    const { code, stderr } = await rush("--url", "http://127.0.0.1:1");
    expect(code, stderr).to.equal(3);
    expect(stderr).to.include("RUSH_TARGET_UNUSABLE: no API answers at http://127.0.0.1:1");
  });

  it("exits 3 for another machine until its name is confirmed", async () => {
    const remote = ["--url", "http://sale.invalid"];
    const unconfirmed = await rush(...remote);
    expect(unconfirmed.code, unconfirmed.stderr).to.equal(3);
    expect(unconfirmed.stderr).to.include("--confirm sale.invalid");
    const confirmed = await rush(...remote, "--confirm", "sale.invalid");
    expect(confirmed.stderr).to.include("no API answers at http://sale.invalid");
  });
});

describe("commands with an invalid STACK", () => {
  for (const line of ["serve", "sim rush", "queue status", "stack up"]) {
    it(`\`${line}\` exits 3 before it searches or starts a server`, async () => {
      const { code, stdout, stderr } = await runInProcess(line.split(" "), {
        ...NO_SERVERS,
        STACK: "Embedded",
      });
      expect(code).to.equal(3);
      expect(stdout).to.equal("");
      expect(stderr).to.match(/^Error CONFIG_INVALID: STACK: .+\n {2}Next: .+\n$/);
    });
  }

  it("`config show` exits 3 and shows which value is wrong", async () => {
    const { code, stdout } = await runInProcess(["config", "show"], {
      ...NO_SERVERS,
      STACK: "Embedded",
    });
    expect(code).to.equal(3);
    expect(stdout).to.match(/^STACK +Embedded +WRONG/m);
  });
});
