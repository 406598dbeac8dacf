import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";

const run = promisify(execFile);

/** Clients of servers, each tens of milliseconds of a start that may never need it. */
const CLIENTS = ["sequelize", "umzug", "mysql2", "ioredis", "redlock", "kafkajs"];

/** Runs a script in a process of its own. @returns the packages that it loaded */
async function loadedBy(script: string): Promise<string[]> {
  const watched = `
    import { registerHooks } from "node:module";
    registerHooks({ resolve(specifier, context, next) {
      if (!specifier.startsWith(".")) console.log(specifier.split("/")[0]);
      return next(specifier, context);
    } });
    ${script}`;
  const args = ["--input-type=module", "--eval", watched];
  const { stdout } = await run(process.execPath, args, { cwd: import.meta.dirname });
  return stdout.split("\n");
}

describe("the entry of core", function () {
  // Each test starts a process, which takes seconds on a busy machine.
  this.timeout(20_000);

  it("loads no client of a server before a core is opened", async () => {
    const loaded = await loadedBy('await import("@onsale/core");');
    expect(loaded).to.include("zod");
    expect(loaded.filter((name) => CLIENTS.includes(name))).to.deep.equal([]);
  });

  it("loads no client of a server for the embedded stack either", async () => {
    const loaded = await loadedBy(`
      const { openCore, readConfig } = await import("@onsale/core");
      const opened = await openCore(readConfig({ STACK: "embedded", LOG_LEVEL: "silent" }));
      await opened.close();`);
    expect(loaded).to.include("fast-jwt");
    expect(loaded.filter((name) => CLIENTS.includes(name))).to.deep.equal([]);
  });

  it("loads no Kafka client and no migration runner for the api role", async () => {
    const loaded = await loadedBy(`
      const { openCore, readConfig } = await import("@onsale/core");
      const secret = "only-for-tests-0123456789-0123456789";
      const opened = await openCore(
        readConfig({
          MYSQL_URL: "mysql://root@127.0.0.1:1/onsale",
          REDIS_URL: "redis://127.0.0.1:1/0",
          KAFKA_BROKERS: "127.0.0.1:1",
          AUTH_JWT_SECRET: secret,
          QUEUE_TOKEN_KEYS: "test:" + secret,
          LOG_LEVEL: "silent",
        }),
        { role: "api" },
      );
      await opened.close();`);
    expect(loaded).to.include.members(["sequelize", "ioredis"]);
    expect(loaded).to.not.include("kafkajs").and.not.include("umzug");
  });
});
