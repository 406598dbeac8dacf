import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createConcert,
  joinQueue,
  type OpenedCore,
  openCore,
  readServersConfig,
} from "@onsale/core";
import { expect } from "chai";
import stringWidth from "string-width";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnsale } from "../support/runOnsale.ts";
import { KEYS, startInTerminal, type TerminalOptions } from "../support/startInTerminal.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

/** Sequences that colour text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what it finds
const COLOURS = /\u001b\[[0-9;]*m/;
/** Sequences that move the cursor or delete lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what it finds
const MOVES = /\u001b\[[0-9;]*[A-HJK]/;

describe("onsale at a terminal", () => {
  let stack: TestStack;
  let opened: OpenedCore;
  let queueId = "";
  let queueCount = 0;
  const run = (...words: string[]) => runInProcess(words, stack.env);
  const json = async (...words: string[]) =>
    JSON.parse((await run(...words, "--json")).stdout).data;
  const at = (words: readonly string[], env = {}, options: TerminalOptions = {}) =>
    startInTerminal(words, { ...stack.env, ...env }, options);
  const modeOf = async () => (await opened.core.admissions.findQueue(null, queueId))?.settings.mode;
  const epochOf = async () => (await opened.core.admissions.findQueue(null, queueId))?.epoch;
  const audit = () => opened.core.operations.listAudit(null, { max: 100 });

  before(async () => {
    stack = await newTestStack({ migrated: true });
    opened = await openCore(readServersConfig({ ...stack.env, LOG_LEVEL: "silent" }), {
      role: "api",
    });
  });
  beforeEach("makes a queue", async () => {
    queueCount += 1;
    queueId = `hall-${queueCount}`;
    await createConcert(opened.core, { title: "Rush", singer: "Ada", queueId });
    await joinQueue(opened.core, { queueId, userId: 1 });
  });
  after(async () => {
    await opened.close();
    await stack.drop();
  });

  describe("a dangerous change", () => {
    const revoke = () => ["queue", "revoke", queueId, "--execute"];
    beforeEach("plans it", () => run("queue", "revoke", queueId));

    it("is asked for its confirmation and reason, and then made", async () => {
      const command = at(revoke());
      await command.shows(`Type ${queueId} to confirm it:`);
      command.press(`hall${KEYS.enter}`);
      await command.shows(`Type ${queueId}, or press Ctrl-C to leave.`);
      expect(await epochOf()).to.equal(1);
      command.press(`-${queueCount}${KEYS.enter}`);
      await command.shows("Reason, for the audit record:");
      command.press(`tokens leaked${KEYS.enter}`);
      const { code, screen } = await command.finished;
      expect(code, screen).to.equal(0);
      expect(screen).to.include("✔ Plan: done").and.include("✔ Verify: done");
      expect(await epochOf()).to.equal(2);
      expect((await audit())[0]).to.include({ operation: "queue.revoke", reason: "tokens leaked" });
    });

    for (const [name, key] of [
      ["Ctrl-C", KEYS.ctrlC],
      ["Ctrl-D", KEYS.ctrlD],
    ] as const) {
      it(`is not made after ${name} at either question, with exit code 130`, async () => {
        const before = (await audit()).length;
        const first = at(revoke());
        await first.shows("to confirm it:");
        first.press(key);
        expect((await first.finished).code).to.equal(130);
        const second = at([...revoke(), `--confirm=${queueId}`]);
        await second.shows("Reason, for the audit record:");
        second.press(key);
        expect((await second.finished).code).to.equal(130);
        expect([await epochOf(), (await audit()).length]).to.deep.equal([1, before]);
      });
    }

    it("asks no question with --no-input, --json, --quiet or a wrong --confirm", async () => {
      for (const flags of [["--no-input"], ["--json"], ["--quiet"], ["--confirm=other"]]) {
        const { code, screen } = await at([...revoke(), ...flags]).finished;
        expect([code, screen], flags.join(" ")).to.deep.include(3);
        expect(screen).to.include("CONFIRMATION_REQUIRED").and.not.include("to confirm it:");
      }
      expect(await epochOf()).to.equal(1);
    });

    it("asks no question off a terminal", async () => {
      const { code, stderr } = await runOnsale(revoke(), stack.env);
      expect([code, stderr]).to.deep.include(3);
      expect(stderr).to.include("CONFIRMATION_REQUIRED").and.not.include("to confirm it:");
    });
  });

  describe("the steps of a runbook", () => {
    const words = () => ["runbook", "run", "sale-pause-resume", "--subject", queueId];
    const execute = (...more: string[]) => [...words(), "--execute", "--reason", "a test", ...more];
    beforeEach("plans it", () => run(...words()));

    it("are a list that ends at the step that failed", async () => {
      const command = at(execute());
      await command.shows("Is it done? Then the run goes on.");
      await command.shows("Do the work now.");
      expect(await modeOf()).to.equal("paused");
      command.press(`y${KEYS.enter}`);
      const { code, screen, raw } = await command.finished;
      expect(code, screen).to.equal(5);
      expect(screen)
        .to.match(/✔ pause: Stop the admissions of the queue: done \(/)
        .and.match(/✔ work: Do the work that the sale was paused for: done \(acknowledged\)/)
        .and.match(/✖ worker-ready: .*FAILED/)
        .and.match(/↓ resume: Open the queue: not reached/)
        .and.include("--from-step worker-ready");
      const [list = ""] = screen.split("Runbook sale-pause-resume");
      const rows = list
        .split("\n")
        .slice(list.split("\n").findIndex((row) => /^\W pause/.test(row)));
      for (const row of rows) expect(stringWidth(row), row).to.be.at.most(80);
      expect(raw).to.match(MOVES).and.match(COLOURS);
    });

    it("stop when the person has not done the work, and the same job goes on", async () => {
      const command = at(execute());
      await command.shows("Is it done?");
      command.press(KEYS.enter);
      const { code, screen } = await command.finished;
      expect(code, screen).to.equal(3);
      expect(screen).to.include("to be acknowledged").and.include("↓ worker-ready");
      const [, jobId = ""] = /--job (\S+)/.exec(screen) ?? [];
      const again = at([...words(), "--execute", "--job", jobId]);
      await again.shows("Is it done?");
      again.press(`y${KEYS.enter}`);
      const end = await again.finished;
      expect(end.code).to.equal(5);
      expect(end.screen).to.not.include("pause: Stop the admissions of the queue: done");
    });

    it("stop at Ctrl-C in the question with exit code 130, and no later step is done", async () => {
      const command = at(execute());
      await command.shows("Is it done?");
      command.press(KEYS.ctrlC);
      const { code, screen } = await command.finished;
      expect(code, screen).to.equal(130);
      expect(screen).to.include("Continue  onsale runbook run sale-pause-resume");
      const { jobs } = await json("job", "list", "--status", "stopped");
      expect(jobs).to.have.length.above(0);
      expect(await modeOf()).to.equal("paused");
    });

    it("are drawn without colours with NO_COLOR, and in 40 columns", async () => {
      const command = at(execute("--acknowledge", "work"), { NO_COLOR: "1" }, { columns: 40 });
      const { code, screen, raw } = await command.finished;
      expect(code, screen).to.equal(5);
      expect(raw).to.match(MOVES).and.not.match(COLOURS);
      expect(screen).to.include("✔ pause");
    });

    it("are on stderr, and a redirected stdout has only the report", async () => {
      const folder = await mkdtemp(join(tmpdir(), "onsale-terminal-"));
      try {
        const stdoutFile = join(folder, "report");
        const { code, screen } = await at(execute("--acknowledge", "work"), {}, { stdoutFile })
          .finished;
        expect(code).to.equal(5);
        expect(screen).to.include("✔ pause").and.not.include("Audit record");
        const report = await readFile(stdoutFile, "utf8");
        expect(report)
          .to.match(/^Runbook sale-pause-resume: failed\n/)
          .and.not.match(COLOURS);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it("are not shown with --quiet", async () => {
      const { screen } = await at(execute("--acknowledge", "work", "--quiet")).finished;
      expect(screen).to.match(/^Runbook sale-pause-resume: failed/);
    });

    it("are plain lines off a terminal", async () => {
      const { code, stderr, stdout } = await runOnsale(execute("--acknowledge", "work"), stack.env);
      expect(code).to.equal(5);
      expect(stderr)
        .to.match(/^pause: Stop the admissions of the queue \.\.\.\npause: done \(/m)
        .and.match(/^worker-ready: FAILED \(/m)
        .and.not.match(MOVES);
      expect(stdout).to.include("--from-step worker-ready");
    });
  });

  describe("a change that is not dangerous", () => {
    it("shows plan, change and verification, and continues a stopped job", async () => {
      await run("queue", "pause", queueId);
      const done = await at(["queue", "pause", queueId, "--execute"]).finished;
      expect(done.code, done.screen).to.equal(0);
      expect(done.screen)
        .to.match(/✔ Plan: done \(job [0-9a-f-]{36}, its facts are as\s+planned\)/)
        .and.include("✔ Change: done (1 of 1 setting)")
        .and.include("✔ Verify: done (1 claim read back)");
      await run("queue", "drain", queueId);
      const words = ["queue", "drain", queueId, "--execute"];
      const stopped = await at([...words, "--timeout", "1s"]).finished;
      expect(stopped.code, stopped.screen).to.equal(4);
      expect(stopped.screen).to.match(/↓ Change: stopped \(/);
      expect(stopped.screen).to.include("↓ Verify: not reached");
      const [, jobId = ""] = /--job (\S+)/.exec(stopped.screen) ?? [];
      const again = at([...words, "--job", jobId]);
      await again.shows("continues after");
      again.press(KEYS.ctrlC);
      const end = await again.finished;
      expect(end.code, end.screen).to.equal(130);
      expect(end.screen).to.include(`Continue  onsale queue drain ${queueId} --execute`);
    });
  });
});
