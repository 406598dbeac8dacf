import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnFullDevice, runOnsale, startOnsale } from "../support/runOnsale.ts";

describe("the command line of onsale", () => {
  it("lists every topic on the first help page, and examples on a command's page", async () => {
    const first = await runOnsale(["--help"]);
    expect(first.code).to.equal(0);
    for (const topic of ["bench", "concert", "db", "outbox", "queue", "stack", "user"]) {
      expect(first.stdout).to.match(new RegExp(`^ +${topic} `, "m"));
    }
    const page = await runInProcess(["stack", "fault", "--help"]);
    expect(page.stdout).to.include("EXAMPLES").and.include("onsale stack fault redis kill");
  });

  it("ends without an error when the reader of a pipe has ended", async () => {
    const { child, finished } = startOnsale(["--help"]);
    child.stdout?.destroy();
    expect(await finished).to.include({ code: 0, stderr: "" });
  });

  for (const words of [["--help"], ["config", "docs"], ["runbook", "list", "--json"]]) {
    it(`reports in one line that the device is full: ${words.join(" ")}`, () => {
      const { code, stderr } = runOnFullDevice(words);
      expect(code).to.equal(1);
      expect(stderr).to.match(/^Error OUTPUT_FAILED: The output is lost: ENOSPC.*\n$/);
    });
  }

  it("keeps the exit code of a command whose output is lost", () => {
    expect(runOnFullDevice(["config", "show", "--verbose", "--json"])).to.include({ code: 2 });
  });

  it("prints version, platform and Node with --version", async () => {
    const { code, stdout } = await runOnsale(["--version"]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^@onsale\/cli\/\d+\.\d+\.\d+ \S+ node-v\d+/);
  });

  it("exits 2 for an unknown command or flag, and names --help", async () => {
    const mistakes = [
      ["stack", "fault", "oracle", "kill"],
      ["serve", "--port", "http"],
      ["config", "show", "--verbose"],
      ["bench", "holds", "--api-processes", "none"],
      ["user", "token", "0"],
      ["user", "token", "9007199254740993"],
      ["concert", "seats", "1e3"],
    ];
    for (const words of mistakes) {
      const { code, stdout, stderr } = await runInProcess(words);
      expect(code, words.join(" ")).to.equal(2);
      expect(stdout, words.join(" ")).to.equal("");
      expect(stderr.length, words.join(" ")).to.be.greaterThan(10);
    }
    const { code, stdout, stderr } = await runOnsale(["sell", "everything"]);
    expect([code, stdout]).to.deep.equal([2, ""]);
    expect(stderr.length).to.be.greaterThan(10);
  });

  it("suggests the command or the flag that was probably meant", async () => {
    const typed: readonly (readonly [string[], string])[] = [
      [["queue:statuss"], "onsale queue status"],
      [["queue", "statuss"], "onsale queue status"],
      [["help", "outbx", "status"], "onsale outbox status"],
      [["queue", "pause", "main", "--exeucte"], "--execute"],
    ];
    for (const [words, meant] of typed) {
      const { code, stderr } = await runInProcess(words);
      expect(code, words.join(" ")).to.equal(2);
      expect(stderr, words.join(" ")).to.include("Did you mean").and.include(meant);
    }
    const json = await runInProcess(["nope", "--json"]);
    expect(JSON.parse(json.stdout).error).to.include({ code: "UNKNOWN_COMMAND" });
    expect((await runInProcess(["stack", "fault", "redis"])).stderr).to.not.include("undefined");
  });

  it("has help as a command, and completion scripts that know each command", async () => {
    const help = await runInProcess(["help", "queue", "pause"]);
    expect(help.stdout).to.include("onsale queue pause QUEUE");
    const bash = await runOnsale(["completion", "bash"]);
    expect(bash.stdout).to.include("complete -F _onsale onsale").and.include("--execute");
    const words = "COMP_WORDS=(onsale queue pa); COMP_CWORD=2; _onsale; echo $COMPREPLY";
    const completed = execFileSync("bash", ["-c", `${bash.stdout}\n${words}`], {
      encoding: "utf8",
    });
    expect(completed.trim()).to.equal("pause");
    expect((await runInProcess(["completion", "fish"])).stdout).to.include("complete -c onsale");
    expect((await runInProcess(["completion", "zsh"])).stdout).to.match(/^#compdef onsale/);
  });

  it("reports a usage error as JSON with --json", async () => {
    const { code, stdout } = await runOnsale(["config", "show", "--json", "--verbose"]);
    expect(code).to.equal(2);
    expect(JSON.parse(stdout)).to.deep.include({ schemaVersion: 1, command: "config:show" });
    expect(JSON.parse(stdout).error).to.include({ code: "USAGE" });
  });

  it("exits 3 and names the next step when a setting is invalid", async () => {
    const env = { MYSQL_URL: "postgres://localhost/onsale", REDIS_URL: "redis://127.0.0.1:1/0" };
    const { code, stderr } = await runOnsale(["queue", "status"], env);
    expect(code).to.equal(3);
    expect(stderr).to.include("CONFIG_INVALID").and.include("MYSQL_URL").and.include("Next:");
    const shown = await runInProcess(["config", "show"], env);
    expect(shown.code).to.equal(3);
    expect(shown.stdout)
      .to.match(/MYSQL_URL .*WRONG/)
      .and.match(/PORT +8080 +default/);
  });

  it("exits 3 when the database does not answer", async () => {
    const { code, stderr } = await runOnsale(["db", "migrate"], {
      MYSQL_URL: "mysql://root@127.0.0.1:1/onsale",
      REDIS_URL: "redis://127.0.0.1:1/0",
    });
    expect(code).to.equal(3);
    expect(stderr).to.include("ECONNREFUSED").and.include("MySQL 127.0.0.1:1/onsale");
    expect(stderr).to.not.include("onsale stack up");
  });

  it("generates no secret in production", async () => {
    const { code, stdout } = await runOnsale(["config", "show"], {
      NODE_ENV: "production",
      MYSQL_URL: "mysql://root@127.0.0.1:1/onsale",
      REDIS_URL: "redis://127.0.0.1:1/0",
      QUEUE_TOKEN_KEYS: "",
      AUTH_JWT_SECRET: "",
    });
    expect(code).to.equal(3);
    expect(stdout).to.match(/QUEUE_TOKEN_KEYS +- .*WRONG/);
  });

  it("prints no colours when the output is a pipe", async () => {
    const { stdout, stderr } = await runOnsale(["stack", "status"]);
    expect(`${stdout}${stderr}`).not.to.include("\u001b[");
  });
});
