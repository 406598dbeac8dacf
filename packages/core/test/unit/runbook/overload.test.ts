import { expect } from "chai";
import { loadFindings } from "../../../src/diagnosis/loadFindings.ts";
import { planUndo } from "../../../src/operations/undoOperation.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { busyServers } from "../../support/busyServers.ts";
import { newUserId } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";
import { runPlanned } from "../../support/operationCases.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";

const runbook = "overload";

describe("the runbook overload", () => {
  const opened = useMemoryQueue({
    ...{ activeCountMax: 100, admissionRatePerMinute: 600 },
    ...{ activationMs: 3_600_000, activeTtlMs: 3_600_000 },
  });
  const servers = busyServers(opened);
  const { current } = servers;
  const handlers = {
    async manual() {
      servers.load = {};
      return false;
    },
  };
  const limits = async () => {
    const { settings } = await current().stats();
    return [settings.activeCountMax, settings.admissionRatePerMinute];
  };
  const prepare = async () => {
    for (let n = 0; n < 8; n += 1) await opened().join(newUserId());
    await opened().promote();
    servers.load = { running: 64 };
    const [found] = await loadFindings(current().core);
    expect(found).to.include({ code: "OVERLOADED", runbook });
    return QUEUE_ID;
  };

  runbookCases({
    ...{ runbook, current, handlers, prepare, read: limits },
    async disturb() {
      servers.load = {};
    },
    async expectDone() {
      expect(await limits()).to.deep.equal([4, 300]);
      expect(await loadFindings(current().core)).to.deep.equal([]);
    },
  });

  it("halves the limits once, stops while the load stays, and restores them by undo", async () => {
    const subject = await prepare();
    const planned = await planRunbook(current().core, { runbook, subject });
    const report = await runBook(current(), planned);
    expect(report).to.include({ status: "STOPPED" });
    expect(report.stopped?.detail).to.include("add-capacity");
    expect(await limits()).to.deep.equal([4, 300]);
    const again = await runBook(current(), planned, { handlers });
    expect(again).to.include({ status: "DONE" });
    expect(await limits()).to.deep.equal([4, 300]);
    const undo = await planUndo(current().core, again.auditId ?? 0);
    expect(await runPlanned(current(), undo)).to.include({ status: "DONE" });
    expect(await limits()).to.deep.equal([100, 600]);
  });

  it("changes no limit when the load has fallen by itself", async () => {
    await opened().promote();
    const planned = await planRunbook(current().core, { runbook, subject: QUEUE_ID });
    const report = await runBook(current(), planned, { handlers });
    const results = report.passed.map(({ result }) => result);
    expect(results).to.deep.equal(["already", "already", "done"]);
    expect(await limits()).to.deep.equal([100, 600]);
  });

  it("is done only when the load was low for ten seconds without a peak", async () => {
    const subject = await prepare();
    const { clock } = opened();
    const planned = await planRunbook(current().core, { runbook, subject });
    const startMs = clock.monotonicMs();
    let peakEndMs = 0;
    const peaks = {
      async manual() {
        servers.load = {};
        clock.sleep(6_000).then(() => {
          servers.load = { running: 64 };
        });
        clock.sleep(9_000).then(() => {
          servers.load = {};
          peakEndMs = clock.monotonicMs();
        });
        return false;
      },
    };
    const report = await runBook(current(), planned, { handlers: peaks });
    expect(report).to.include({ status: "DONE" });
    expect(peakEndMs - startMs).to.be.at.least(9_000);
    expect(clock.monotonicMs() - peakEndMs).to.be.at.least(10_000);
  });
});
