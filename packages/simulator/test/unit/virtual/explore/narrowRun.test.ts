import { expect } from "chai";
import { narrowRun } from "../../../../src/virtual/explore/narrowRun.ts";
import { replayText } from "../../../../src/virtual/explore/scheduleText.ts";
import type { Schedule } from "../../../../src/virtual/schedule.ts";

const SEED = 17;
const BUYERS = 8;
const FAULTS = ["scheduled#1", "scheduled#2", "worker-1#9", "buyer-3#4"];
/** Choices that a run draws when the schedule has none. */
const DRAWN = new Map([2, 3, 5, 8, 13].map((at) => [at, 1]));

/** The course of a simulated run: its faults and its choices. */
function courseOf({ faults, choices = DRAWN }: Schedule) {
  return { faults: FAULTS.filter((id) => faults?.has(id) ?? true), choices };
}

/** Narrows a run that fails by a rule, and records all schedules that were run. */
async function narrowed(fails: (schedule: Schedule) => boolean, triesMax = 1_000) {
  const tried: string[] = [];
  const schedule = await narrowRun({
    seed: SEED,
    buyerCount: BUYERS,
    whole: courseOf({}),
    async run(smaller) {
      if (tried.length >= triesMax) return undefined;
      tried.push(replayText({ seed: SEED, schedule: smaller }));
      return fails(smaller) && courseOf(smaller);
    },
  });
  return { text: replayText({ seed: SEED, schedule }), tried };
}

const comes = ({ buyers }: Schedule, buyer: number): boolean => buyers?.has(buyer) ?? true;
const happens = ({ faults }: Schedule, id: string): boolean => faults?.has(id) ?? true;
const chosen = ({ choices = DRAWN }: Schedule, at: number): boolean => choices.has(at);

describe("narrowRun", () => {
  it("keeps only the buyers, faults and choices that the failure needs", async () => {
    const { text } = await narrowed(
      (run) => comes(run, 1) && comes(run, 6) && happens(run, "worker-1#9") && chosen(run, 8),
    );
    expect(text).to.equal("17:b=1,6/f=worker-1#9/c=8x1");
  });

  it("keeps no part when the failure needs none", async () => {
    expect((await narrowed(() => true)).text).to.equal("17:b=/f=/c=");
  });

  it("tries to leave out more buyers and faults after it has left out choices", async () => {
    // The run still needs buyer 4 while the schedule has choice 5.
    const { text } = await narrowed(
      (run) =>
        (comes(run, 1) || !run.buyers) &&
        (!chosen(run, 5) || (comes(run, 4) && happens(run, "scheduled#2"))),
    );
    expect(text).to.equal("17:b=1/f=/c=");
  });

  it("tries to leave out more choices after it has left out buyers", async () => {
    const { text } = await narrowed(
      (run) =>
        (chosen(run, 3) && chosen(run, 13)) || (!run.buyers?.has(2) && run.choices !== undefined),
    );
    expect(text).to.equal("17:b=/f=/c=");
  });

  it("tries another stream of choices when the run passes with the seed's own stream", async () => {
    const { text } = await narrowed(
      ({ buyers, salt = 0, choices }) => !buyers || salt === 4 || choices !== undefined,
    );
    expect(text).to.equal("17:b=/f=/c=");
  });

  it("keeps the drawn choices when the run passes with the recorded choices", async () => {
    const { text } = await narrowed(({ choices, salt = 0 }) => !choices && salt === 2);
    expect(text).to.equal("17:b=/f=/s=2");
  });

  it("runs no schedule twice", async () => {
    const { tried } = await narrowed(
      (run) =>
        [0, 3, 7].every((buyer) => comes(run, buyer)) &&
        [2, 8, 13].every((at) => chosen(run, at)) &&
        happens(run, "scheduled#1"),
    );
    expect(tried.length).to.equal(new Set(tried).size);
  });

  it("returns a failing schedule when the tries run out", async () => {
    const { text, tried } = await narrowed((run) => comes(run, 1) && comes(run, 2), 15);
    expect(tried).to.have.length(15);
    expect(text).to.equal("17:b=0,1,2,3");
  });
});
