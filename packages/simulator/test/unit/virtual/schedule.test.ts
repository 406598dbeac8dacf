import { expect } from "chai";
import { randomStreams } from "../../../src/chance/seededRandom.ts";
import { type RunOptions, runSeed, type SeedResult } from "../../../src/virtual/runSeed.ts";
import { type Schedule, scheduleOf } from "../../../src/virtual/schedule.ts";
import { traceDigest } from "../../../src/virtual/trace.ts";

const CALM = 1;
/** Of different fault profiles. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

const traced = (seed: number, options: RunOptions = {}): Promise<SeedResult> =>
  runSeed(seed, { ...options, traced: true });

/** The schedule of a failure's replay: the faults and the choices of the run. */
function recorded({ choices, faults }: SeedResult): Schedule {
  return { choices, faults: new Set(faults) };
}

describe("scheduleOf", () => {
  const counts = Array.from({ length: 500 }, (_unused, at) => 2 + (at % 7));
  const choicesOf = (schedule: Schedule | undefined): number[] => {
    const chooser = scheduleOf(randomStreams(11), schedule);
    return counts.map((count) => chooser.choose(count));
  };

  it("draws every choice of a seed, each within its bounds", () => {
    const choices = choicesOf(undefined);
    expect(choices).to.deep.equal(choicesOf(undefined));
    expect(new Set(choices)).to.deep.equal(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    for (const [at, choice] of choices.entries()) expect(choice).to.be.below(counts[at] ?? 0);
  });

  it("makes other random choices for the same seed when a salt is given", () => {
    expect(choicesOf({ salt: 1 })).to.not.deep.equal(choicesOf(undefined));
    expect(choicesOf({ salt: 0 })).to.deep.equal(choicesOf(undefined));
  });

  it("takes the oldest operation at every decision without choices in the schedule", () => {
    expect(new Set(choicesOf({ choices: new Map() }))).to.deep.equal(new Set([0]));
  });

  it("takes the schedule's choice at the decision that has the same number", () => {
    const choices = choicesOf({
      choices: new Map([
        [1, 1],
        [3, 2],
      ]),
    });
    expect(choices.slice(0, 4)).to.deep.equal([1, 0, 2, 0]);
  });

  it("takes the last ready operation when the recorded number is too high", () => {
    const chooser = scheduleOf(randomStreams(11), { choices: new Map([[1, 9]]) });
    expect(chooser.choose(3)).to.equal(2);
    expect(chooser.made).to.deep.equal(new Map([[1, 2]]));
  });

  it("records the decisions at which it did not take the oldest operation", () => {
    const chooser = scheduleOf(randomStreams(11));
    const choices = counts.map((count) => chooser.choose(count));
    const made = [...choices.entries()].filter(([, choice]) => choice > 0);
    expect([...chooser.made]).to.deep.equal(made.map(([at, choice]) => [at + 1, choice]));
  });

  it("gives steps a tenth to half a millisecond, for any choice", () => {
    const [one, other] = [
      scheduleOf(randomStreams(11)),
      scheduleOf(randomStreams(11), { salt: 3, choices: new Map() }),
    ];
    one.choose(5);
    const steps = Array.from({ length: 1_000 }, () => one.stepMs());
    expect(Array.from({ length: 1_000 }, () => other.stepMs())).to.deep.equal(steps);
    expect(Math.min(...steps)).to.be.within(0.1, 0.11);
    expect(Math.max(...steps)).to.be.within(0.49, 0.5);
  });
});

describe("a replay of a run", function () {
  this.timeout(30_000);

  it("replays the same course with the recorded choices and faults", async () => {
    for (const seed of SEEDS) {
      const original = await traced(seed);
      const replay = await traced(seed, { schedule: recorded(original) });
      expect(traceDigest(replay.trace), `seed ${seed}`).to.equal(traceDigest(original.trace));
      expect(replay.choices).to.deep.equal(original.choices);
      expect(replay.faults).to.deep.equal(original.faults);
    }
  });

  it("replays another course when a choice is left out", async () => {
    const original = await traced(CALM);
    const [first] = original.choices.keys();
    const fewer = new Map([...original.choices].filter(([at]) => at !== first));
    const replay = await traced(CALM, { schedule: { ...recorded(original), choices: fewer } });
    expect(traceDigest(replay.trace)).to.not.equal(traceDigest(original.trace));
  });

  it("replays in the order of arrival without any choice or fault", async () => {
    const { choices, faults, violations } = await traced(4, {
      schedule: { choices: new Map(), faults: new Set() },
    });
    expect(choices.size).to.equal(0);
    expect(faults).to.deep.equal([]);
    expect(violations).to.deep.equal([]);
  });

  it("replays only the chosen buyers", async () => {
    const { outcomes, trace } = await traced(CALM, { schedule: { buyers: new Set([2, 5]) } });
    expect([...outcomes.keys()].sort()).to.deep.equal([2, 5]);
    const buyers = trace.events.flatMap(({ actor }) => /^buyer-\d+/.exec(actor) ?? []);
    expect(new Set(buyers)).to.deep.equal(new Set(["buyer-2", "buyer-5"]));
  });
});
