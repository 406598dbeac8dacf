import { expect } from "chai";
import { apiFindings } from "../../../src/diagnosis/apiFindings.ts";
import { reportApi } from "../../support/apiProcesses.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

const HOUR_MS = 3_600_000;

describe("apiFindings", () => {
  const current = useMemoryCore();
  const found = async () =>
    (await apiFindings(current().core)).map(({ code, subject }) => `${code} ${subject}`);
  /** A report of a process, which has just started unless its uptime is given. */
  const report = (processName: string, uptimeMs = 0) =>
    reportApi(current().core, { processName, uptimeMs });

  it("finds nothing while every API process reports, and nothing without any", async () => {
    expect(await found()).to.deep.equal([]);
    await report("a:1");
    current().clock.pass(10_000);
    await report("b:2");
    expect(await found()).to.deep.equal([]);
  });

  it("finds nothing of a process that stopped cleanly", async () => {
    const { core, clock } = current();
    await report("a:1");
    await core.apiLoads.remove("a:1");
    clock.pass(10_001);
    expect(await found()).to.deep.equal([]);
  });

  it("finds each silent process that no process has replaced", async () => {
    const { core, clock } = current();
    await report("a:1");
    await report("b:2");
    clock.pass(10_001);
    const [first] = await apiFindings(core);
    expect(first).to.include({
      ...{ code: "API_PROCESS_SILENT", severity: "warning", subject: "api a:1" },
      message: "API process a:1 last reported 10 s ago and did not stop cleanly",
    });
    await report("c:3", 10_002);
    expect(await found(), "it had started before").to.have.length(2);
    await report("d:4");
    expect(await found(), "one replaces one").to.have.length(1);
    await report("b:2");
    expect(await found(), "it started again under its name").to.deep.equal([]);
  });

  it("finds a silent process for an hour", async () => {
    const { clock } = current();
    await report("a:1");
    clock.pass(HOUR_MS);
    expect(await found()).to.deep.equal(["API_PROCESS_SILENT api a:1"]);
    clock.pass(1);
    expect(await found()).to.deep.equal([]);
  });
});
