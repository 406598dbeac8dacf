import {
  createConcert,
  joinQueue,
  type OpenedCore,
  openCore,
  promoteWaiting,
  readServersConfig,
} from "@onsale/core";
import { expect } from "chai";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnFullDevice, startOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

describe("onsale queue on the test servers", () => {
  let stack: TestStack;
  let opened: OpenedCore;
  let queueCount = 0;
  let queueId = "";
  const run = (...words: string[]) => runInProcess(["queue", ...words], stack.env);
  const json = async (...words: string[]) => {
    const { stdout, code } = await run(...words, "--json");
    return { code, ...JSON.parse(stdout) };
  };
  const join = (userId: number) => joinQueue(opened.core, { queueId, userId });

  before(async () => {
    stack = await newTestStack({ migrated: true });
    opened = await openCore(readServersConfig({ ...stack.env, LOG_LEVEL: "silent" }), {
      role: "api",
    });
  });
  beforeEach("makes a queue with two waiting buyers", async () => {
    queueCount += 1;
    queueId = `hall-${queueCount}`;
    await createConcert(opened.core, { title: "Rush", singer: "Ada", queueId });
    for (const userId of [1, 2]) await join(userId);
  });
  after(async () => {
    await opened.close();
    await stack.drop();
  });

  it("lists the waiting buyers in line and the active ones", async () => {
    const waiting = await run("list", queueId);
    expect(waiting.stdout)
      .to.match(/^1 +1 +\d+ +waiting/m)
      .and.match(/^2 +2 +\d+ +waiting/m);
    await promoteWaiting(opened.core, { queueId });
    const { data } = await json("list", queueId, "--active");
    expect(data).to.deep.include({ status: "ACTIVE", total: 2 });
    expect(data.places[0]).to.include({ isActivated: false });
    const unknown = await run("list", "nowhere");
    expect([unknown.code, unknown.stderr]).to.deep.include(1);
    expect(unknown.stderr).to.include("QUEUE_NOT_FOUND");
  });

  it("prints a line of JSON for each look until the reader of the pipe has ended", async () => {
    const watching = startOnsale(["queue", "status", queueId, "--watch", "--json"], stack.env);
    let text = "";
    const { stdout } = watching.child;
    if (stdout === null) throw new Error("stdout is piped");
    await new Promise<void>((resolve) => {
      stdout.on("data", (chunk: string) => {
        text += chunk;
        if (text.split("\n").length > 2) resolve();
      });
    });
    stdout.destroy();
    const { code, stderr } = await watching.finished;
    expect([code, stderr]).to.deep.equal([0, ""]);
    const [first = "", second = ""] = text.split("\n");
    for (const line of [first, second]) {
      expect(JSON.parse(line)).to.have.nested.property("data.queues[0].live.waiting", 2);
    }
  });

  it("makes its change on a full device, and ends --watch there", async () => {
    const status = runOnFullDevice(["queue", "status", queueId, "--watch"], stack.env);
    expect([status.code, status.stderr]).to.deep.include(1);
    expect(status.stderr).to.include("OUTPUT_FAILED").and.not.include("    at ");
    await run("pause", queueId);
    const pause = runOnFullDevice(["queue", "pause", queueId, "--execute"], stack.env);
    expect([pause.code, pause.stderr]).to.deep.include(1);
    const { data } = await json("status", queueId);
    expect(data).to.have.nested.property("queues[0].settings.mode", "paused");
    await run("open", queueId);
    expect((await run("open", queueId, "--execute")).code).to.equal(0);
  });

  it("admits the first waiting buyers of a paused queue", async () => {
    await run("pause", queueId);
    expect((await run("pause", queueId, "--execute")).code).to.equal(0);
    const words = ["promote", queueId, "--count", "1"];
    expect((await run(...words)).stdout).to.include("user 1, position 1");
    const { code, data } = await json(...words, "--execute");
    expect(code, JSON.stringify(data)).to.equal(0);
    expect(data).to.include({ status: "DONE", changed: 1 });
    expect(await opened.core.queue.place(queueId, 1, 0)).to.include({ status: "ACTIVE" });
    expect(await opened.core.queue.place(queueId, 2, 0)).to.include({ status: "WAITING" });
  });

  it("stops a drain from another terminal, and refuses to stop it again", async () => {
    await promoteWaiting(opened.core, { queueId });
    const { data: planned } = await json("drain", queueId);
    const draining = startOnsale(["queue", "drain", queueId, "--execute"], stack.env);
    const job = (...words: string[]) => runInProcess(["job", ...words], stack.env);
    const isRunning = async () =>
      (await job("list", "--status", "running")).stdout.includes(planned.jobId.slice(0, 8));
    while (!(await isRunning())) expect(draining.child.exitCode).to.equal(null);
    const stopped = await job("stop", planned.jobId);
    expect([stopped.code, stopped.stdout]).to.deep.include(0);
    expect(stopped.stdout).to.include("STOPPED");
    const { code, stdout } = await draining.finished;
    expect(code).to.equal(4);
    expect(stdout).to.include("asked for the stop");
    const again = await job("stop", planned.jobId);
    expect([again.code, again.stderr]).to.deep.include(3);
    expect(again.stderr).to.include("JOB_NOT_RUNNING");
  });

  it("names the flag of a wrong value, and refuses a condition that it does not know", async () => {
    const unnamed = await run("admission", "set", queueId);
    expect([unnamed.code, unnamed.stderr]).to.deep.include(2);
    expect(unnamed.stderr).to.include("--active-max").and.not.include("settings:");
    const edit = ["performance", "edit", "3", "--opens-at", "2027"];
    const wrong = await runInProcess(edit, stack.env);
    expect([wrong.code, wrong.stderr]).to.deep.include(2);
    expect(wrong.stderr).to.include("--opens-at: ").and.not.include("saleOpensAt");
    const runbook = ["runbook", "run", "graceful-deploy", "--from-step", "nowhere"];
    const step = await runInProcess([...runbook, "--subject", queueId], stack.env);
    expect([step.code, step.stderr]).to.deep.include(2);
    expect(step.stderr).to.include("--from-step: ");
    const replay = ["outbox", "replay", "--since", "yesterday"];
    const since = await runInProcess(replay, stack.env);
    expect([since.code, since.stderr]).to.deep.include(2);
    expect(since.stderr).to.include("--since: must be a time with its offset");
    const list = ["outbox", "list", "--until", "9999-12-31T23:59:59-12:00"];
    const until = await runInProcess(list, stack.env);
    expect([until.code, until.stderr]).to.deep.include(2);
    expect(until.stderr).to.include("--until: must be in the years 1000 to 9999");
    const abort = ["outbox", "replay", "--abort-if", "foo>3", "--id", "1"];
    const condition = await runInProcess(abort, stack.env);
    expect([condition.code, condition.stderr]).to.deep.include(2);
    expect(condition.stderr).to.include("queue.waiting");
  });

  it("drains with a time limit, discards on confirmation, and opens again", async () => {
    await run("drain", queueId);
    const stopped = await run("drain", queueId, "--execute", "--timeout", "1s");
    expect(stopped.code, stopped.stderr).to.equal(4);
    const [, jobId] = /--job (\S+)$/.exec(stopped.stdout.trimEnd()) ?? [];
    const command = `onsale queue drain ${queueId} --timeout 1s --execute --job ${jobId}`;
    expect(stopped.stdout.trimEnd().split("\n").at(-1)).to.equal(`Continue  ${command}`);
    const again = await run("drain", queueId, "--execute", "--timeout", "1s");
    expect([again.code, again.stderr]).to.deep.include(3);
    expect(again.stderr).to.include(`The job ${jobId} of exactly this change was stopped`);
    expect(again.stderr).to.include(command);
    const prefix = jobId?.slice(0, -6) ?? "";
    const shown = await runInProcess(["--quiet", "job", "show", prefix], stack.env);
    expect(shown.stdout).to.include(`Continue  ${command}`).and.include("mode");
    const several = await runInProcess(["job", "show", prefix.slice(0, 1)], stack.env);
    expect([several.code, several.stderr]).to.deep.include(2);
    const words = ["drain", queueId, "--discard-waiting"];
    await join(1);
    expect((await run(...words)).stdout).to.include(`--confirm=${queueId}`);
    const refused = await run(...words, "--execute", "--reason", "test");
    expect([refused.code, refused.stderr]).to.deep.include(3);
    expect(refused.stderr).to.include("CONFIRMATION_REQUIRED");
    for (const userId of [1, 2]) await opened.core.queue.leave(queueId, userId, "LEFT");
    const confirmed = [...words, "--execute", "--reason", "test", `--confirm=${queueId}`];
    const done = await run(...confirmed);
    expect([done.code, done.stderr]).to.deep.equal([0, done.stderr]);
    await run("open", queueId);
    expect((await run("open", queueId, "--execute")).code).to.equal(0);
    expect(await join(3)).to.include({ status: "WAITING" });
  });

  it("evicts a buyer, revokes tokens and rebuilds a discarded state", async () => {
    const yes = (name: string) => ["--execute", "--reason", "a test", `--confirm=${name}`];
    const evict = ["evict", "1", "--queue", queueId];
    await run(...evict);
    const evicted = await run(...evict, ...yes("1"));
    expect(evicted.code, evicted.stderr).to.equal(0);
    expect(await opened.core.queue.place(queueId, 1, 0)).to.include({ status: "NONE" });
    await run("revoke", queueId);
    expect((await run("revoke", queueId, ...yes(queueId))).code).to.equal(0);
    const record = await opened.core.admissions.findQueue(null, queueId);
    expect(record).to.include({ epoch: 2 });
    await run("rebuild", queueId, "--discard-state");
    const rebuilt = await run("rebuild", queueId, "--discard-state", ...yes(queueId));
    expect(rebuilt.code, rebuilt.stderr).to.equal(0);
    expect(await opened.core.queue.stats(queueId)).to.include({ waitingCount: 0 });
  });
});
