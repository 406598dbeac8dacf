import { expect } from "chai";
import { NO_SERVERS } from "../support/noServers.ts";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnsale } from "../support/runOnsale.ts";

describe("onsale runbook explore", () => {
  const explore = (...words: string[]) => runOnsale(["runbook", "explore", ...words], NO_SERVERS);

  it("runs the seeds without any server, and says where the operator was killed", async () => {
    const { code, stdout, stderr } = await explore("sale-pause-resume", "--seeds", "12");
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^Explored {2}12 of 12 seeds from 1 on/);
    expect(stdout).to.match(/^Runbook {3}\d+ jobs in \d+ runs/m);
    expect(stdout).to.match(/^Kills {5}\d+ at \d+ of \d+ points/m);
    expect(stdout).to.include("Every check passed after every seed.");
  });

  it("prints the points as JSON, and repeats a seed", async () => {
    const words = ["queue-stuck", "--seeds", "2", "--threads", "1", "--json", "--quiet"];
    const { code, stdout } = await explore(...words);
    expect(code).to.equal(0);
    const { data, schemaVersion } = JSON.parse(stdout);
    expect(schemaVersion).to.equal(1);
    expect(data).to.deep.include({ holds: true, runbook: "queue-stuck", done: 2, failures: [] });
    expect(data.exercise.points["restart-worker.passed"].reached).to.be.at.least(1);
    const replays = await Promise.all([1, 2].map(() => explore("queue-stuck", "--replay", "2")));
    expect(replays[0]?.stdout).to.include("incident").and.include("✓ every check passed");
    expect(replays[0]?.stdout).to.equal(replays[1]?.stdout);
  });

  it("names the runbooks that can be explored", async () => {
    const words = ["runbook", "explore", "no-such-runbook"];
    const { code, stderr } = await runInProcess(words, NO_SERVERS);
    expect(code).to.equal(2);
    expect(stderr).to.include("queue-stuck, outbox-lag");
  });
});
