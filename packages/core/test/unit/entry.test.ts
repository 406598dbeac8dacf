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

describe("the entry of core", () => {
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
});
