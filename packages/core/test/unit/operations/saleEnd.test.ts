import { committed, settlesWithin } from "@onsale/conformance/transactionRace";
import { expect } from "chai";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { makeSale } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";
import { planOf, runPlanned } from "../../support/operationCases.ts";

describe("the plan of performance.edit", () => {
  const current = useMemoryCore();

  async function notesOf(changes: object, startsAt?: Date): Promise<readonly string[]> {
    const { performanceId } = await makeSale(current().core, 3, startsAt && { startsAt });
    const input = { performanceId, changes };
    return (await planOf(current(), "performance.edit", input)).plan.notes;
  }
  const notesFor = (saleClosesAt: Date): Promise<readonly string[]> =>
    notesOf({ saleClosesAt: saleClosesAt.toISOString() });

  it("says that a sale whose end has passed ends immediately", async () => {
    const nowMs = current().core.clock.nowMs();
    expect((await notesFor(new Date(nowMs - 1000))).join()).to.include("ends immediately");
    expect((await notesFor(new Date(nowMs + 60_000))).join()).to.not.include("ends immediately");
  });

  it("says until when holds can be paid when the start moves forward", async () => {
    const start = new Date(current().core.clock.nowMs() + 3_600_000);
    const moved = (ms: number) => ({ startsAt: new Date(start.getTime() + ms).toISOString() });
    const note = "Unpaid holds can be paid until the new start, also those that end later";
    expect(await notesOf(moved(-60_000), start)).to.include(note);
    expect(await notesOf(moved(60_000), start)).to.not.include(note);
  });
});

/** More round trips than a statement needs that does not wait for a row lock. */
const ROUND_TRIPS = 20;

describe("a performance that two operations change at the same moment", () => {
  const current = useMemoryCore();

  /** Runs an operation in a process; another one acts as soon as a step has read a performance. */
  async function runBeside(
    operation: string,
    input: object,
    act: (other: CoreContext) => Promise<unknown>,
  ): Promise<void> {
    const { core, another } = current();
    const planned = await planOf({ core }, operation, input);
    let acted: Promise<unknown> | undefined;
    const during = async <T>(read: Promise<T>): Promise<T> => {
      const found = await read;
      acted ??= act(another());
      await settlesWithin(core, acted, ROUND_TRIPS);
      return found;
    };
    const { catalog } = core;
    const racing: typeof catalog = {
      ...catalog,
      findPerformance: (tx, id) => {
        const read = catalog.findPerformance(tx, id);
        return tx ? during(read) : read;
      },
      lockPerformance: (tx, id) => during(catalog.lockPerformance(tx, id)),
    };
    await runPlanned({ core: { ...core, catalog: racing } }, planned);
    expect(acted, "a step has read the performance").to.not.equal(undefined);
    await acted;
  }

  it("is still closed when its venue changes", async () => {
    const { core } = current();
    const { performanceId } = await makeSale(core, 1);
    const input = { performanceId, changes: { venue: "Dome" } };
    await runBeside("performance.edit", input, (other) =>
      committed(other, ({ catalog }, tx) => catalog.closeSale(tx, performanceId)),
    );
    const found = await core.catalog.findPerformance(null, performanceId);
    expect(found).to.include({ venue: "Dome" });
    expect(found?.saleClosesAt, "the end of the sale").to.not.equal(undefined);
  });

  it("keeps its new venue when the end of its sale is set", async () => {
    const { core } = current();
    const { performanceId, concertId } = await makeSale(core, 1);
    const [planned, saleClosesAt] = [
      await planOf(current(), "performance.edit", { performanceId, changes: { venue: "Dome" } }),
      "2031-01-01T00:00:00.000Z",
    ];
    const input = { concertId, ends: { [performanceId]: saleClosesAt } };
    await runBeside("concert.saleEnds", input, (other) => runPlanned({ core: other }, planned));
    const found = await core.catalog.findPerformance(null, performanceId);
    expect(found).to.include({ venue: "Dome" });
    expect(found?.saleClosesAt).to.deep.equal(new Date(saleClosesAt));
  });
});
