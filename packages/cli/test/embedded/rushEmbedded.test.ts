import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rushResultSchema } from "@onsale/simulator";
import { expect } from "chai";
import { NO_SERVERS } from "../support/noServers.ts";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnsale, startOnsale } from "../support/runOnsale.ts";

describe("onsale sim rush --embedded", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "onsale-rush-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("sells a hall without any server and checks every invariant", async () => {
    const files = { json: join(folder, "rush.json"), report: join(folder, "rush.html") };
    const words = ["--embedded", "--buyers", "80", "--seats", "200", "--duration", "1"];
    const written = ["--json", files.json, "--report", files.report];
    const { code, stdout, stderr } = await runOnsale(
      ["sim", "rush", ...words, ...written],
      NO_SERVERS,
    );
    expect(code, `${stdout}\n${stderr}`).to.equal(0);
    expect(stdout).to.include("Every invariant held.");
    expect(stderr).to.include("share this process");
    const result = rushResultSchema.parse(JSON.parse(await readFile(files.json, "utf8")));
    expect(result.verdict).to.include({ given: true, holds: true, drained: true });
    expect(result.verdict.invariants.map(({ id }) => id)).to.have.length(10);
    for (const { id, rowsRead } of result.verdict.invariants) {
      expect(rowsRead, id).to.be.above(0);
    }
    expect(result.verdict.acknowledged.payments).to.be.above(0);
    expect(result.requests.failed).to.equal(0);
    expect(result.sale.sold, result.sale.unsoldReason ?? "").to.be.above(0);
    expect(result.apiProcesses).to.equal(1);
    expect(result.servers[0]?.flavour).to.include("in memory");
    expect(result.command).to.include("--embedded").and.not.include("--api-processes");
    expect(await readFile(files.report, "utf8")).to.include("Every invariant held");
  });

  it("stops at Ctrl-C with exit code 130 and without a verdict", async () => {
    const words = ["sim", "rush", "--embedded", "--arrival", "step", "--duration", "600"];
    const rush = startOnsale(words, NO_SERVERS);
    await rush.said("share this process");
    rush.child.kill("SIGINT");
    const { code, stdout } = await rush.finished;
    expect(code).to.equal(130);
    expect(stdout).to.not.include("Every invariant held");
  });

  it("refuses flags that need separate processes or a separate database", async () => {
    const refused = [
      ["--kill-api-at", "0.5"],
      ["--api-processes", "2"],
      ["--url", "http://127.0.0.1:1"],
      ["--keep"],
      ["--stack-down"],
    ];
    const refuses = async (words: string[], flag: string, env: NodeJS.ProcessEnv = NO_SERVERS) => {
      const { code, stdout, stderr } = await runInProcess(["sim", "rush", ...words], env);
      expect(code, flag).to.equal(2);
      expect(stderr).to.include("USAGE").and.include(flag);
      expect(stdout).to.equal("");
    };
    for (const words of refused) await refuses(["--embedded", ...words], words[0] ?? "");
    await refuses(["--keep"], "--keep", { ...NO_SERVERS, STACK: "embedded" });
  });

  it("refuses shares and numbers outside their bounds before the run starts", async () => {
    const refused = [
      ["--abandon", "2"],
      ["--abandon", "x"],
      ["--abandon", ""],
      ["--retry", "-0.1"],
      ["--active", "1000001"],
      ["--think", "60001"],
    ];
    for (const [flag = "", value = ""] of refused) {
      const words = ["sim", "rush", "--embedded", flag, value];
      const { code, stdout, stderr } = await runInProcess(words, NO_SERVERS);
      expect(code, `${flag} ${value}`).to.equal(2);
      expect(stderr).to.include("USAGE").and.include(flag).and.not.include("share this process");
      expect(stderr).to.include(value).and.not.include("See more help").and.not.include("    at ");
      expect(stdout).to.equal("");
    }
  });

  it("exits 3 before the run when an output file cannot be written", async () => {
    for (const flag of ["--json", "--report"]) {
      const words = ["sim", "rush", "--embedded", flag, "/dev/null/rush"];
      const { code, stdout, stderr } = await runInProcess(words, NO_SERVERS);
      expect(code).to.equal(3);
      expect(stderr).to.include("FILE_UNWRITABLE").and.not.include("share this process");
      expect(stdout).to.equal("");
    }
  });
});
