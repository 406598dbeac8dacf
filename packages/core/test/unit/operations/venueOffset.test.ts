import { expect } from "chai";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { makeSale } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { planOf, runPlanned } from "../../support/operationCases.ts";

describe("performance.edit with the same time zone", () => {
  const current = useMemoryCore();
  const changes = { timeZone: "America/Los_Angeles" };
  let performanceId = 0;

  beforeEach("makes a performance in the zone", async () => {
    ({ performanceId } = await makeSale(current().core, 1));
    const planned = await planOf(current(), "performance.edit", { performanceId, changes });
    await runPlanned(current(), planned);
  });

  /** A process that reads the offset of a time before the rules of the zone were changed. */
  function beforeNewRules(core: CoreContext): CoreContext {
    const { findPerformance } = core.catalog;
    const catalog: CoreContext["catalog"] = {
      ...core.catalog,
      async findPerformance(tx, id) {
        const found = await findPerformance(tx, id);
        return found && { ...found, utcOffsetMinutes: -1 };
      },
    };
    return { ...core, catalog };
  }

  it("computes the offset anew when the rules of the zone have changed", async () => {
    const core = beforeNewRules(current().core);
    const { plan } = await planOf({ core }, "performance.edit", { performanceId, changes });
    expect(plan).to.include({ count: 1 });
    expect(plan.sample[0]).to.match(/^utcOffsetMinutes: -1 -> -(420|480)$/);
  });

  it("changes nothing else", async () => {
    const { plan } = await planOf(current(), "performance.edit", { performanceId, changes });
    expect(plan).to.include({ count: 0 });
  });
});
