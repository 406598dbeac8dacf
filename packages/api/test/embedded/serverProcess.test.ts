import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { callApi, textIn } from "../support/callApi.ts";
import { type ServerProcess, startServerProcess } from "../support/serverProcess.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const EMBEDDED = { STACK: "embedded", PORT: "0" };
const ROOT = new URL("../../../../", import.meta.url);
const PAGE = new URL("docs/start/EMBEDDED.md", ROOT);

describe("an embedded process", () => {
  let server: ServerProcess | undefined;

  afterEach("stops the process", async () => {
    server?.signal("SIGKILL");
    await server?.exited;
    server = undefined;
  });

  it("starts with one variable, reports its stack, and issues access tokens", async () => {
    server = await startServerProcess("all", EMBEDDED);
    expect(server.ready).to.include({ stack: "embedded", durable: false });
    const health = await callApi(server.url, "GET", "/health");
    expect(health.data).to.deep.equal({
      status: "ready",
      schema: "current",
      dependencies: [],
      stack: "embedded",
      durable: false,
    });
    await server.logged('"event":"api.listening"');
    const warnings = server
      .log()
      .split("\n")
      .filter((line) => line.includes('"warn"'));
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include("STACK=embedded");
    const created = await callApi(server.url, "POST", "/api/v1/users", { json: { name: "CI" } });
    const token = textIn(created.data, "accessToken");
    const joined = await callApi(server.url, "POST", "/api/v1/queue/tokens", { token, json: {} });
    expect(joined.status, joined.text).to.equal(200);
    server.signal("SIGTERM");
    expect(await server.exited, server.log()).to.equal(0);
  });

  const run = (words: readonly string[], env: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, [MAIN, ...words], {
      env: { PATH: process.env.PATH, ...env },
      encoding: "utf8",
    });

  it("logs a variable that is similar to a setting's, but not its value", async () => {
    server = await startServerProcess("all", { ...EMBEDDED, HOLD_TTL_M: "hush-hush" });
    const line = await server.logged("config.unknown_variable");
    expect(JSON.parse(line)).to.include({ variable: "HOLD_TTL_M", setting: "HOLD_TTL_MS" });
    expect(server.log()).not.to.include("hush-hush");
  });

  it("prints its usage for --help even without valid settings", () => {
    for (const words of [["--help"], ["-h"], ["api", "--help"]]) {
      const { status, stdout, stderr } = run(words, {});
      expect(status, stderr).to.equal(0);
      expect(stdout).to.match(/^Usage: .*\[api\|queue\|worker\|all\]/);
      expect(stderr).to.equal("");
    }
  });

  it("exits with 2 and prints its usage for unknown arguments", () => {
    for (const words of [["--port", "1"], ["boss"], ["all", "api"]]) {
      const { status, stdout, stderr } = run(words, EMBEDDED);
      expect(status, words.join()).to.equal(2);
      expect(stdout).to.equal("");
      expect(stderr).to.include("Usage: ").and.include(words.at(0)).and.not.include("    at ");
    }
  });

  it("says for wrong settings that a process reads no profile, when one is named", () => {
    const named = run(["api"], { ONSALE_PROFILE: "production" });
    expect(named.status).to.equal(2);
    expect(named.stderr).to.include("MYSQL_URL: missing").and.include("--env-file");
    expect(run(["api"], {}).stderr)
      .to.include("MYSQL_URL: missing")
      .and.not.include("--env-file");
  });

  it("exits with 2 for a role that an embedded process cannot have", () => {
    for (const words of [["api"], ["worker"]]) {
      const { status, stderr } = run(words, EMBEDDED);
      expect(status, words.join()).to.equal(2);
      expect(stderr).to.include("ROLE").and.not.include("    at ");
    }
  });
});

describe("the page docs/start/EMBEDDED.md", () => {
  it("contains a CI script that gets an access token when it runs unchanged", async () => {
    const [, script = ""] = /```bash\n(.*?)```/s.exec(await readFile(PAGE, "utf8")) ?? [];
    const { status, stdout, stderr } = spawnSync("bash", ["-c", script], {
      cwd: ROOT,
      env: { PATH: process.env.PATH },
      encoding: "utf8",
    });
    expect(status, stderr).to.equal(0);
    expect(JSON.parse(stdout).data).to.include.keys("userId", "accessToken");
  });

  for (const name of ["exampleServer", "exampleApp"]) {
    it(`contains ${name}.test.ts unchanged`, async () => {
      const example = await readFile(new URL(`./${name}.test.ts`, import.meta.url), "utf8");
      const page = await readFile(PAGE, "utf8");
      expect(page.includes(`\`\`\`ts\n${example}\`\`\``), `copy ${name}.test.ts into it`).to.equal(
        true,
      );
    });
  }
});
