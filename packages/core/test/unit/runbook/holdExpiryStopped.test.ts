import { expect } from "chai";
import { holdFindings } from "../../../src/diagnosis/holdFindings.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { chargedUser, held, makeSale, type Sale } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";
import { useWorkerLoops } from "../../support/workerLoops.ts";

const runbook = "hold-expiry-stopped";
const HOLDS = 60;

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
  const prepare = async () => {
    const { core, clock } = current();
    sale = await makeSale(core, HOLDS);
    for (const seatId of sale.seatIds) await held(core, await chargedUser(core), [seatId]);
    clock.pass(core.config.hold.ttlMs + 120_000);
    const found = await holdFindings(core);
    expect(found.map(({ code, runbook: name }) => `${code} ${name}`)).to.deep.equal([
      `HOLDS_OVERDUE ${runbook}`,
    ]);
    return undefined;
  };

  runbookCases({
    ...{ runbook, current, handlers, prepare, read: seatStates },
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
});
