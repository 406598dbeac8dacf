import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect } from "chai";
import { holdFindings } from "../../../src/diagnosis/holdFindings.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { chargedUser, held, makeSale, type Sale } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";
import { useWorkerLoops } from "../../support/workerLoops.ts";

const runbook = "hold-expiry-stopped";
const HOLDS = 60;
/** More holds than one step of an operation ends. */
const HOLDS_OF_TWO_STEPS = 110;

describe("the runbook hold-expiry-stopped", () => {
  const current = useMemoryCore();
  const worker = useWorkerLoops(current);
  const handlers = {
    async manual() {
      await worker.start();
      return false;
    },
  };
  let sale: Sale;
  const seatStates = async () =>
    (await current().core.seats.find(null, sale.seatIds)).map(({ status }) => status);
  const prepare = async (holds = HOLDS) => {
    const { core, clock } = current();
    sale = await makeSale(core, holds);
    for (const seatId of sale.seatIds) await held(core, await chargedUser(core), [seatId]);
    clock.pass(core.config.hold.ttlMs + 120_000);
    const found = await holdFindings(core);
    expect(found.map(({ code, runbook: name }) => `${code} ${name}`)).to.deep.equal([
      `HOLDS_OVERDUE ${runbook}`,
    ]);
    return undefined;
  };

  runbookCases({
    ...{ runbook, current, handlers, prepare: () => prepare(), read: seatStates },
    disturb: () => worker.start().then(() => current().clock.sleep(5_000)),
    async expectDone() {
      expect(new Set(await seatStates())).to.deep.equal(new Set(["AVAILABLE"]));
      expect(await holdFindings(current().core)).to.deep.equal([]);
    },
  });

  it("frees the seats before a worker runs, and stops until a worker runs", async () => {
    await prepare();
    const planned = await planRunbook(current().core, { runbook });
    const report = await runBook(current(), planned);
    expect(report).to.include({ status: "STOPPED" });
    expect(report.stopped?.detail).to.include("restart-worker").and.include("no live worker");
    expect(new Set(await seatStates())).to.deep.equal(new Set(["AVAILABLE"]));
    expect(await runBook(current(), planned, { handlers })).to.include({ status: "DONE" });
  });

  it("names the operator who stopped the job of a step, and continues that job", async () => {
    await prepare(HOLDS_OF_TWO_STEPS);
    const { core } = current();
    const planned = await planRunbook(core, { runbook });
    const stops: Promise<unknown>[] = [];
    const stopInner = (event: unknown): void => {
      const { jobId, step } = Object(event);
      if (jobId === planned.job.id || step !== "begun") return;
      stops.push(core.withTransaction((tx) => core.operations.requestStop(tx, jobId, "ben")));
    };
    subscribe("onsale:operation-step", stopInner);
    const report = await runBook(current(), planned, { handlers }).finally(() =>
      unsubscribe("onsale:operation-step", stopInner),
    );
    expect(await Promise.all(stops)).to.deep.equal([true]);
    expect(report.status).to.equal("STOPPED");
    expect(report.stopped?.detail).to.match(/its job \S+ stopped: ben asked for the stop/);
    expect(await runBook(current(), planned, { handlers })).to.include({ status: "DONE" });
    expect(new Set(await seatStates())).to.deep.equal(new Set(["AVAILABLE"]));
  });
});
