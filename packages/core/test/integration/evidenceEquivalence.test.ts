import { askAll, type Findings } from "@onsale/conformance/evidence/askAll";
import { damaged } from "@onsale/conformance/evidence/damage";
import { DAMAGES } from "@onsale/conformance/evidence/damages";
import type { EvidenceBench } from "@onsale/conformance/evidence/evidenceBench";
import type { History } from "@onsale/conformance/evidence/evidenceRows";
import { HARMLESS } from "@onsale/conformance/evidence/harmless";
import { wholeHistory } from "@onsale/conformance/evidence/wholeHistory";
import { expect } from "chai";
import fc from "fast-check";
import { VIOLATIONS_SHOWN_MAX } from "../../src/ports/evidenceStore.ts";
import { arbitraryHistory } from "../support/arbitraryEvidence.ts";
import { type FakeClock, fakeClock } from "../support/fakeClock.ts";
import { memoryEvidenceBench } from "../support/memoryEvidenceBench.ts";
import { sqlEvidenceBench } from "../support/sqlEvidenceBench.ts";
import { useTestCore } from "../support/testCore.ts";

/** Each run is some eighty statements. */
const RUNS = 100;

/** The findings without their order, which SQL leaves open, as far as all of them are shown. */
function comparable(findings: Findings): Record<string, unknown> {
  const entries = [...findings].map(([id, { examined, violationCount, violations }]) => {
    const lines = violations.map(({ message, ids }) => {
      const sorted = Object.entries(ids).sort(([a], [b]) => (a < b ? -1 : 1));
      return `${message} ${JSON.stringify(Object.fromEntries(sorted))}`;
    });
    const shown = violationCount > VIOLATIONS_SHOWN_MAX ? lines.length : lines.sort();
    return [id, { examined, violationCount, shown }];
  });
  return Object.fromEntries(entries);
}

describe("the evidence of MySQL and of memory", () => {
  const current = useTestCore({}, { checkInvariants: false });
  let mysql: EvidenceBench;
  let memory: EvidenceBench;
  let clock: FakeClock;

  before("opens both", async () => {
    mysql = await sqlEvidenceBench(current());
    clock = fakeClock((await mysql.nowUs()) / 1000);
    memory = memoryEvidenceBench(clock);
  });

  beforeEach("sets the clock of the one by the other's", async () => {
    await clock.advance((await mysql.nowUs()) / 1000 - clock.nowMs());
  });

  async function expectEqual(history: History, drained: boolean): Promise<void> {
    const expected = comparable(await askAll(mysql, history, { drained }));
    expect(comparable(await askAll(memory, history, { drained }))).to.deep.equal(expected);
  }

  it("is the same for each change by itself", async () => {
    const whole = wholeHistory(await memory.nowUs());
    for (const change of [...DAMAGES, ...HARMLESS]) {
      await expectEqual(damaged(whole, [change]), true);
    }
  });

  it("is the same for several damages together", async () => {
    const whole = wholeHistory(await memory.nowUs());
    const several = fc.shuffledSubarray([...DAMAGES], { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(several, fc.boolean(), async (damages, drained) => {
        await expectEqual(damaged(whole, damages), drained);
      }),
      { numRuns: RUNS },
    );
  });

  it("is the same for rows that no sale ever made", async () => {
    const history = arbitraryHistory(await memory.nowUs());
    await fc.assert(fc.asyncProperty(history, fc.boolean(), expectEqual), { numRuns: RUNS });
  });
});
