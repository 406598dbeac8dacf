import { expect } from "chai";
import { makeSale } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { planOf } from "../../support/operationCases.ts";

describe("the plan of performance.edit", () => {
  const current = useMemoryCore();

  async function notesFor(saleClosesAt: Date): Promise<readonly string[]> {
    const { performanceId } = await makeSale(current().core, 3);
    const input = { performanceId, changes: { saleClosesAt: saleClosesAt.toISOString() } };
    return (await planOf(current(), "performance.edit", input)).plan.notes;
  }

  it("says that a sale whose end has passed ends immediately", async () => {
    const nowMs = current().core.clock.nowMs();
    expect((await notesFor(new Date(nowMs - 1000))).join()).to.include("ends immediately");
    expect((await notesFor(new Date(nowMs + 60_000))).join()).to.not.include("ends immediately");
  });
});
