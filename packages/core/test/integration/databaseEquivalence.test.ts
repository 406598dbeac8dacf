import type { End } from "@onsale/conformance/transactionRace";
import { expect } from "chai";
import fc from "fast-check";
import { failureKind as memoryKind } from "../../src/adapters/memory/database/databaseFailures.ts";
import { failureKind as mysqlKind } from "../../src/adapters/mysql/databaseErrors.ts";
import { createMemoryServers, openMemoryCore } from "../../src/compose/openMemory.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { testCoreConfig } from "../support/coreConfig.ts";
import { anyAct, type StoryAct } from "../support/databaseActs.ts";
import { type Ground, openSide, type Side } from "../support/databaseSide.ts";
import { fillTables } from "../support/databaseStory.ts";
import { countLockWaits } from "../support/lockWaits.ts";
import { useTestCore } from "../support/testCore.ts";

const PARTIES = 3;

/** An act of one of the parties, or the end of its transaction. */
interface Step {
  readonly party: number;
  readonly does: StoryAct | End;
}

const step: fc.Arbitrary<Step> = fc.record({
  party: fc.nat({ max: PARTIES - 1 }),
  does: fc.oneof(
    { weight: 6, arbitrary: anyAct },
    { weight: 1, arbitrary: fc.constantFrom<End>("commit", "rollback") },
  ),
});

/** A line of the story: the act and its answer. */
async function lineOf(side: Side, { party, does }: Step): Promise<string> {
  const isEnd = typeof does === "string";
  const said = await (isEnd ? side.end(party, does) : side.act(party, does));
  return `${party} ${isEnd ? does : does.name} -> ${said?.join("; ") ?? "waits still"}`;
}

const STORIES = 30;

/** From here on, the two databases may differ, and both are correct. */
function breaksOff(lines: readonly string[]): boolean {
  // On a slow machine, a story may take longer than a lock wait may take.
  if (lines.some((line) => line.includes("fails: lock-wait"))) return true;
  // The server chooses the victim of a deadlock.
  return lines.every((line) => line.includes("fails: restart"));
}

describe("in-memory database, compared with MySQL", () => {
  const current = useTestCore({}, { checkInvariants: false });
  const memory: CoreContext[] = [];
  const real: CoreContext[] = [];
  const closing: (() => Promise<void>)[] = [];
  before("opens two processes on each", async () => {
    const servers = createMemoryServers();
    const config = { core: testCoreConfig(), logLevel: "silent" } as const;
    for (const process of [current(), await current().another()]) {
      const opened = openMemoryCore(config, servers);
      closing.push(() => opened.close());
      memory.push(opened.core);
      real.push(process.core);
    }
    for (const [core] of [memory, real]) if (core) await fillTables(core);
  });
  after("closes those in memory", async () => {
    for (const close of closing) await close();
  });

  function openOn(cores: readonly CoreContext[], rest: Pick<Ground, "kindOf" | "countWaiting">) {
    const [one, two] = cores;
    if (!one || !two) throw new Error("two were opened");
    return openSide({ cores: [one, two, one], watch: two, ...rest });
  }
  const openSides = async (): Promise<readonly Side[]> => [
    await openOn(real, { kindOf: mysqlKind, countWaiting: () => countLockWaits(current().sql) }),
    // All in-memory promises that can settle have settled.
    await openOn(memory, { kindOf: memoryKind, countWaiting: async () => PARTIES }),
  ];

  it("returns the same answers, and waits equally, in each of 30 random runs", async () => {
    const story = fc.array(step, { minLength: 6, maxLength: 16 });
    let toldToTheEnd = 0;
    await fc.assert(
      fc.asyncProperty(story, async (steps) => {
        const sides = await openSides();
        let isAtEnd = false;
        try {
          for (const each of steps) {
            const lines = await Promise.all(sides.map((side) => lineOf(side, each)));
            if (breaksOff(lines)) return;
            const [inReality, inMemory] = lines;
            expect(inMemory).to.equal(inReality);
          }
          isAtEnd = true;
        } finally {
          const endings = await Promise.all(sides.map(async (side) => String(await side.close())));
          isAtEnd &&= !breaksOff(endings);
          if (isAtEnd) expect(endings[1]).to.equal(endings[0]);
        }
        if (!isAtEnd) return;
        const [inReality, inMemory] = await Promise.all(sides.map((side) => side.state()));
        expect(inMemory).to.deep.equal(inReality);
        toldToTheEnd += 1;
      }),
      { numRuns: STORIES, seed: 20_260_602 },
    );
    expect(toldToTheEnd, "most of them to the end").to.be.above(STORIES / 2);
  }).timeout(120_000);
});
