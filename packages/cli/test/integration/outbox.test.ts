import {
  bucketOfDuration,
  type CoreContext,
  chargePoints,
  createUser,
  type OpenedCore,
  openCore,
  readServersConfig,
  startWorker,
} from "@onsale/core";
import { expect } from "chai";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

const COLUMNS = 80;
const API_PROCESS = "sale-2:4711";

/** Reports an API process whose holds take half a second. */
async function reportSlowHolds(core: CoreContext): Promise<void> {
  const load = {
    ...{ processName: API_PROCESS, uptimeMs: 60_000, windowMs: 1_000 },
    ...{ inFlight: 1, inFlightMax: 512, loopDelayMs: 1, pool: core.poolUse() },
    ...{ answered: 4, overloaded: 0, unavailable: 0 },
    holds: { windowMs: 10_000, accepted: { [bucketOfDuration(512)]: 20 }, refused: 0 },
  };
  await core.apiLoads.report(load, 60_000);
}

describe("onsale outbox", () => {
  let stack: TestStack;
  let opened: OpenedCore;
  let core: CoreContext;
  let userId = 0;
  const run = (...words: string[]) => runInProcess(["outbox", ...words], stack.env);
  const json = async (...words: string[]) => {
    const { stdout, stderr } = await run(...words, "--json");
    expect(stdout, stderr).to.not.equal("");
    return JSON.parse(stdout).data;
  };
  const idOf = async (version: number): Promise<string> => {
    const { messages } = await json("list", "--aggregate-type", "point-account");
    const found = messages.find((one: { aggregateVersion: number }) => {
      return one.aggregateVersion === version;
    });
    return String(found?.id);
  };
  /** Publishes what is pending with a worker of this process. */
  async function publish(): Promise<void> {
    const worker = startWorker(core);
    while ((await core.outbox.counts(null)).pending > 0) worker.nudge();
    await worker.stop();
  }

  before("writes three messages of one account", async () => {
    stack = await newTestStack({ migrated: true });
    opened = await openCore(readServersConfig({ ...stack.env, LOG_LEVEL: "silent" }));
    ({ core } = opened);
    ({ userId } = await createUser(core, { name: "Ada" }));
    for (let version = 1; version <= 3; version += 1) {
      await chargePoints(core, { userId, amount: 100 });
    }
  });
  after("closes core", async () => {
    await opened.close();
    await stack.drop();
  });

  it("status shows that no relay has the buckets of waiting messages", async () => {
    expect(await json("status")).to.include({ pending: 3, blocked: 0, publishedPerSecond: 0 });
    const { stdout } = await run("status");
    expect(stdout)
      .to.match(/^0 relays for 0 of \d+ buckets$/m)
      .and.match(/ none$/m);
    for (const line of stdout.split("\n")) expect(line.length).to.be.at.most(COLUMNS);
  });

  it("shows a dead message, its escaped error, and the messages that it blocks", async () => {
    const id = await idOf(1);
    const failure = { error: "too large\u001b[31m", retryInMs: 0, dead: true };
    await core.outbox.markFailed(null, { id: Number(id), attempts: 0 }, failure);
    const { messages } = await json("list", "--status", "blocked");
    const versions = messages.map((one: { aggregateVersion: number }) => one.aggregateVersion);
    expect(versions).to.deep.equal([3, 2]);
    const dead = await run("dead-letters", "list");
    expect(dead.stdout).to.include("too large\\u001b[31m").and.not.include("\u001b");
    const shown = await run("show", id);
    expect(shown.stdout)
      .to.match(/^state +DEAD$/m)
      .and.match(/^blocks +messages \d+, \d+$/m);
    expect(shown.stdout).to.include('"amount": 100');
    const behind = await run("show", await idOf(2));
    expect(behind.stdout).to.match(/^waits for +message \d+ \(too large/m);
    const status = await run("status");
    expect(status.stdout).to.match(/\.point-account +1 +too large/);
    const unknown = await run("show", "999999");
    expect(unknown.code).to.equal(1);
    expect(unknown.stderr).to.include("MESSAGE_NOT_FOUND");
  });

  it("discard needs the confirmation that its plan names", async () => {
    const id = await idOf(1);
    const plan = await run("dead-letters", "discard", "--id", id);
    expect(plan.code, plan.stderr).to.equal(0);
    expect(plan.stdout).to.include(`--confirm=${id}`).and.include("1 dead message");
    const refused = await run("dead-letters", "discard", "--id", id, "--execute");
    expect(refused.code).to.equal(3);
    expect(refused.stderr).to.include("CONFIRMATION_REQUIRED");
    expect(await json("status")).to.include({ dead: 1, discarded: 0 });
  });

  it("redrive makes the dead message pending, and its aggregate goes on", async () => {
    await run("dead-letters", "redrive");
    const { code, stdout, stderr } = await runOnsale(
      ["outbox", "dead-letters", "redrive", "--execute"],
      stack.env,
    );
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include("verified  no selected message is DEAD");
    await publish();
    expect(await json("status")).to.include({ pending: 0, published: 3, dead: 0 });
  });

  it("--abort-if is read for the plan, and stops the run once the holds are slow", async () => {
    const condition = "holds.p95>300ms";
    const words = ["replay", "--id", await idOf(3), "--abort-if", condition];
    const mistaken = await run("replay", "--abort-if", "holds.p95>300");
    expect(mistaken.code, "a mistake in a plan").to.equal(2);
    expect(mistaken.stderr).to.include("holds.p95 (a time)");
    const plan = await run(...words);
    expect(plan.stdout)
      .to.match(/^holds\.p95>300ms +holds\.p95 has no value yet: no API process reports its/m)
      .and.not.include("HOLDS NOW");
    await reportSlowHolds(core);
    const { abortIf } = await json(...words);
    expect(abortIf).to.deep.equal([
      { text: condition, value: 512, holds: true, read: "holds.p95 is 512 ms" },
    ]);
    const stopped = await run(...words, "--execute");
    expect(stopped.code, stopped.stderr).to.equal(4);
    expect(stopped.stdout).to.include("Reason    holds.p95>300ms: holds.p95 is 512 ms");
    await core.apiLoads.remove(API_PROCESS);
    const done = await run(...words, "--execute");
    expect(done.code, done.stdout).to.equal(0);
    expect(done.stderr).to.include("holds.p95>300ms does not hold: holds.p95 has no value yet");
    await publish();
  });

  it("replay publishes again by aggregate, and shows the publications", async () => {
    const words = ["replay", "--aggregate-type", "point-account", "--aggregate", String(userId)];
    const planned = await json(...words);
    expect(planned.plan).to.include({ count: 3 });
    const done = await json(...words, "--execute");
    expect(done).to.include({ status: "DONE", changed: 3 });
    expect(await json("status")).to.include({ pending: 3, published: 0 });
    await publish();
    const { publications } = await json("show", await idOf(1));
    expect(publications).to.have.length(2);
    expect(publications[1]).to.include({ replayJob: planned.jobId });
    const open = await run("replay", "--since", "2026-01-01T00:00:00Z");
    expect(open.code).to.equal(2);
    expect(open.stderr).to.include("--until: ").and.include("end the time range");
  });

  it("cleanup refuses an age within the retention", async () => {
    const { code, stderr } = await run("cleanup", "--older-than-days", "1");
    expect(code).to.equal(2);
    expect(stderr).to.include("--older-than-days: ").and.include("retention");
    expect((await json("cleanup", "--older-than-days", "30")).plan).to.include({ count: 0 });
  });

  it("lag shows the consumers of this installation", async () => {
    const { groups } = await json("lag");
    expect(groups).to.have.length(2);
    expect(groups[0].group).to.include("reservation-notifier");
    expect(groups[1].group).to.include("sales-projection");
    const { stdout } = await run("lag");
    expect(stdout).to.include("reservation-notifier: 0 mess").and.include("projection: 0 mess");
  });
});
