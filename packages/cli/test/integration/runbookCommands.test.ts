import { createConcert, type OpenedCore, openCore, readServersConfig } from "@onsale/core";
import { expect } from "chai";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

describe("onsale runbook on the test servers", () => {
  let stack: TestStack;
  let opened: OpenedCore;
  const run = (...words: string[]) => runOnsale(words, stack.env);
  const json = async (...words: string[]) => {
    const { stdout, code } = await run(...words, "--json");
    return { code, ...JSON.parse(stdout) };
  };
  const modeOf = async () => (await opened.core.admissions.findQueue(null, "hall"))?.settings.mode;

  before(async () => {
    stack = await newTestStack({ migrated: true });
    opened = await openCore(readServersConfig({ ...stack.env, LOG_LEVEL: "silent" }), {
      role: "api",
    });
    await createConcert(opened.core, { title: "Rush", singer: "Ada", queueId: "hall" });
  });
  after(async () => {
    await opened.close();
    await stack.drop();
  });

  it("plans, stops for a person, continues, halts at a failed step, and is undone", async () => {
    const planned = await json("runbook", "run", "sale-pause-resume");
    expect(planned).to.include({ code: 0 });
    expect(planned.data.plan).to.include({ count: 6, unit: "step" });
    expect(await modeOf()).to.equal("open");

    const execute = ["runbook", "run", "sale-pause-resume", "--execute"];
    const stopped = await json(...execute, "--reason", "maintenance");
    expect(stopped).to.include({ code: 3 });
    expect(stopped.data).to.include({ status: "STOPPED", jobId: planned.data.jobId });
    expect(stopped.data.stopped.detail).to.include("Do the work now");
    expect(await modeOf()).to.equal("paused");

    const { jobId, auditId } = stopped.data;
    const failed = await run(...execute, "--job", jobId, "--acknowledge", "work");
    expect([failed.code, failed.stdout]).to.deep.include(5);
    expect(failed.stdout)
      .to.match(/worker-ready +FAILED/)
      .and.include("no live worker has this loop")
      .and.include("--from-step worker-ready");
    expect(failed.stderr).to.include("Installation (environment)");

    await run("undo", String(auditId));
    const undone = await json("undo", String(auditId), "--execute");
    expect(undone).to.include({ code: 0 });
    expect(await modeOf()).to.equal("open");
  });

  it("refuses a job of another runbook and an unknown step", async () => {
    const { data } = await json("runbook", "run", "outbox-lag");
    const words = ["runbook", "run", "sale-pause-resume", "--execute", "--job", data.jobId];
    expect(await json(...words))
      .to.include({ code: 3 })
      .and.have.nested.property("error.code", "JOB_MISMATCH");
    const unknown = await run("runbook", "run", "outbox-lag", "--from-step", "9");
    expect(unknown.stderr).to.include("1 start-relay, 2 restore-kafka, 3 backlog-drains");
  });
});
