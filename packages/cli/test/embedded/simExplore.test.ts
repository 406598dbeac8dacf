import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { NO_SERVERS } from "../support/noServers.ts";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnsale, startOnsale } from "../support/runOnsale.ts";

describe("onsale sim explore", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "onsale-explore-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const explore = (...words: string[]) => runOnsale(["sim", "explore", ...words], NO_SERVERS);
  const exploreHere = (...words: string[]) =>
    runInProcess(["sim", "explore", ...words], NO_SERVERS);

  it("runs the seeds without any server, and prints the speed and the checks", async () => {
    const { code, stdout, stderr } = await explore("--seeds", "30");
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^Explored {2}30 of 30 seeds from 1 on/);
    expect(stdout).to.match(/seeds a minute; [\d,]+ steps/);
    expect(stdout).to.include("I10 answers keys charges line rules service sales loops liveness");
    expect(stdout).to.match(/^Played {4}\d+ of \d+ rules/m);
    expect(stdout).to.include("Every check passed after every seed.");
  });

  it("prints the figures as JSON, and no progress with --quiet", async () => {
    const words = ["--seeds", "10", "--seed", "500", "--threads", "1", "--json", "--quiet"];
    const { code, stdout, stderr } = await explore(...words);
    expect(code).to.equal(0);
    expect(stderr).to.equal("");
    const { data, schemaVersion } = JSON.parse(stdout);
    expect(schemaVersion).to.equal(1);
    expect(data).to.deep.include({ holds: true, first: 500, done: 10, threads: 1, failures: [] });
  });

  it("replays a seed to the same bytes in two processes", async () => {
    const files = ["one", "two"].map((name) => join(folder, `${name}.txt`));
    const runs = await Promise.all(files.map((file) => explore("--replay", "7", "--trace", file)));
    expect(runs.map(({ code }) => code)).to.deep.equal([0, 0]);
    const [one, two] = await Promise.all(files.map((file) => readFile(file)));
    expect(one?.length).to.be.above(10_000);
    expect(one?.equals(two ?? Buffer.alloc(0))).to.equal(true);
    expect(runs[0]?.stdout).to.equal(runs[1]?.stdout);
  });

  it("shows a replay as a timeline of requests and answers", async () => {
    const { stdout } = await exploreHere("--replay", "7:b=0,1/f=/c=");
    expect(stdout).to.match(/buyer-0\s+> POST \/queue\/tokens/);
    expect(stdout).to.match(/buyer-1\s+< POST \/queue\/tokens: \{"status":"WAITING"/);
    expect(stdout).not.to.include("buyer-2");
    expect(stdout).to.match(/Seed 7: .* 0 faults\n✓ every check passed/);
  });

  // scheduleText.test.ts tests every form of a text that does not name a run.
  for (const bad of ["nonsense", "7:b=20"]) {
    it(`refuses to replay ${bad}`, async () => {
      const { code, stderr } = await exploreHere("--replay", bad);
      expect(code).to.equal(2);
      expect(stderr).to.include("REPLAY_UNREADABLE");
    });
  }

  it("reports a trace file that cannot be written, and an invalid seed", async () => {
    const nowhere = await exploreHere("--replay", "7", "--trace", join(folder, "no", "where"));
    expect([nowhere.code, nowhere.stdout]).to.deep.equal([1, ""]);
    expect(nowhere.stderr).to.include("TRACE_UNWRITABLE");
    const beyond = await exploreHere("--seed", String(2 ** 31 - 1), "--seeds", "2");
    expect(beyond.code).to.equal(2);
  });

  it("stops at Ctrl-C with exit code 130 and prints the progress", async () => {
    const words = ["sim", "explore", "--seeds", "1000000"];
    const running = startOnsale(words, NO_SERVERS);
    await running.said("seeds");
    running.child.kill("SIGINT");
    const { code, stdout } = await running.finished;
    expect(code).to.equal(130);
    expect(stdout).to.include("Interrupted; every check passed after every seed so far.");
  });
});
