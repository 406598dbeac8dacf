import { readFile } from "node:fs/promises";
import { type Stack, stackStatus, stackUp } from "@onsale/devstack";
import { expect } from "chai";
import { type DrillGround, openDrillGround } from "../../src/drill/drillGround.ts";
import { drillOf } from "../../src/drill/drillList.ts";
import { runDrill } from "../../src/drill/runDrill.ts";
import { runOnsale, startOnsale } from "../support/runOnsale.ts";

// A drill refuses servers that the environment names.
const { MYSQL_URL: _mysql, REDIS_URL: _redis, KAFKA_BROKERS: _kafka, ...env } = process.env;
const NO_SERVERS = { MYSQL_URL: "", REDIS_URL: "", KAFKA_BROKERS: "" };
/** The other drills take longer; `onsale runbook drill --all` runs them. */
const QUICK = ["sale-pause-resume", "poison-message", "ledger-mismatch", "overload", "queue-stuck"];

describe("onsale runbook drill on the test servers", function () {
  this.timeout(120_000);
  const stopping = new AbortController();
  let stack: Stack;
  let wasUp = false;
  let ground: DrillGround;

  before(async () => {
    wasUp = (await stackStatus({ env })).every(({ ready }) => ready);
    stack = await stackUp({ env });
    const { signal } = stopping;
    ground = await openDrillGround({
      ...{ stack, settings: {}, hasOrdinaryUser: false, name: "tests", signal },
    });
  });
  after(async () => {
    stopping.abort();
    await ground.close();
    await ground.own.drop();
    if (!wasUp) await stack.down();
  });

  for (const name of QUICK) {
    it(`detects the incident of ${name}, repairs it, and breaks no invariant`, async () => {
      const drill = drillOf(name);
      if (!drill) throw new Error(`there is a drill of ${name}`);
      const lines: string[] = [];
      const say = (line: string): void => void lines.push(line);
      const result = await runDrill(drill, { ground, signal: stopping.signal, say });
      expect(result.outcome, [...lines, result.reason].join("\n")).to.equal("repaired");
      expect(result.repair).to.include({ status: "DONE" });
      expect(result.invariants?.results.filter(({ holds }) => holds)).to.have.length(10);
      expect(result.buyers.bought).to.be.above(0);
      const isPlanned = result.codes.length === 0;
      if (!isPlanned) expect(result.detection?.findings).to.not.be.empty;
    });
  }

  it("fails when an invariant is broken after the repair", async () => {
    const [paused, damaged] = [drillOf("sale-pause-resume"), drillOf("ledger-mismatch")];
    if (!paused || !damaged) throw new Error("there are drills of both");
    const drill = { ...paused, manual: { work: damaged.breakIt } };
    const options = { ground, signal: stopping.signal, say: () => undefined };
    const result = await runDrill(drill, options);
    expect(result).to.include({ outcome: "violated" });
    expect(result.reason).to.match(/^I3: the balance/);
  });

  it("stops every process that it started on Ctrl-C, and drops its data", async () => {
    const running = startOnsale(["runbook", "drill", "consumer-stalled"], NO_SERVERS);
    await running.said("the sale is healthy");
    const pids = await childrenOf(running.child.pid ?? 0);
    running.child.kill("SIGINT");
    const { code, stderr } = await running.finished;
    expect(code, stderr).to.equal(130);
    expect(pids.length).to.be.at.least(2);
    expect(pids.filter(isAlive)).to.deep.equal([]);
    expect(stderr).to.not.include("stays in the database");
  });

  it("refuses servers that the environment names, and a command without a runbook", async () => {
    const foreign = await runOnsale(["runbook", "drill", "queue-stuck"], {
      MYSQL_URL: "mysql://root@db.example/onsale",
    });
    expect(foreign).to.include({ code: 3 });
    expect(foreign.stderr).to.include("DRILL_NEEDS_DEVSTACK").and.include("unset MYSQL_URL");
    const nothing = await runOnsale(["runbook", "drill"], NO_SERVERS);
    expect(nothing).to.include({ code: 2 });
    expect(nothing.stderr).to.include("--all");
  });
});

/** Returns the ids of the child processes of a process on this machine. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return children.trim().split(" ").map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
