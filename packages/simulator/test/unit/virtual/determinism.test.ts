import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { randomStreams } from "../../../src/chance/seededRandom.ts";
import { type FaultProfile, faultProfileOf } from "../../../src/virtual/faults.ts";
import { runSeed } from "../../../src/virtual/runSeed.ts";
import { traceDigest, traceText } from "../../../src/virtual/trace.ts";

const SEEDS_OF_EACH_PROFILE = 10;
const PRINTER = fileURLToPath(new URL("../../support/virtual/printTraces.ts", import.meta.url));
/** Maximum number of printed bytes. A dozen traces have a few megabytes. */
const PRINTED_BYTES_MAX = 64 * 1_048_576;

/** The first `count` seeds of each fault profile. */
function seedsByProfile(count: number): Map<FaultProfile, number[]> {
  const seeds = new Map<FaultProfile, number[]>();
  for (let seed = 1; seed <= 200; seed += 1) {
    const profile = faultProfileOf(randomStreams(seed));
    const some = seeds.get(profile) ?? [];
    seeds.set(profile, some);
    if (some.length < count) some.push(seed);
  }
  return seeds;
}

async function textOf(seed: number): Promise<string> {
  return traceText((await runSeed(seed, { traced: true })).trace);
}

/** The traces that a process in another time zone prints for the seeds. */
async function printedElsewhere(seeds: readonly number[], timeZone: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [PRINTER, ...seeds.map(String)], {
    env: {
      ...{ TZ: timeZone, LANG: "tr_TR.UTF-8" },
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    },
    maxBuffer: PRINTED_BYTES_MAX,
  });
  return stdout;
}

describe("the run of a seed", function () {
  // Each test compares whole runs.
  this.timeout(60_000);

  for (const [{ callFaultShare, scheduledFaults }, seeds] of seedsByProfile(
    SEEDS_OF_EACH_PROFILE,
  )) {
    const calls = `${callFaultShare * 1_000} calls in 1,000`;
    const profile = `${calls} and ${scheduledFaults} scheduled faults`;
    it(`has the same trace each time, byte for byte: ${profile}`, async () => {
      expect(seeds).to.have.length(SEEDS_OF_EACH_PROFILE);
      for (const seed of seeds) {
        const text = await textOf(seed);
        expect(text.length).to.be.greaterThan(10_000);
        expect((await textOf(seed)) === text, `seed ${seed} took another course`).to.equal(true);
      }
    });
  }

  it("differs from the run of every other seed", async () => {
    const digests = new Set<string>();
    for (let seed = 1; seed <= 20; seed += 1) {
      digests.add(traceDigest((await runSeed(seed, { traced: true })).trace));
    }
    expect(digests.size).to.equal(20);
  });

  it("does not depend on another run beside or before it", async () => {
    const [one, other] = await Promise.all([textOf(7), textOf(8)]);
    expect(one === (await textOf(7))).to.equal(true);
    expect(other === (await textOf(8))).to.equal(true);
  });

  it("is the same with and without a kept trace", async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const traced = await runSeed(seed, { traced: true });
      const { trace: _none, ...silent } = await runSeed(seed);
      expect(silent).to.deep.equal({
        seed,
        violations: traced.violations,
        steps: traced.steps,
        elapsedMs: traced.elapsedMs,
        faults: traced.faults,
        choices: traced.choices,
        outcomes: traced.outcomes,
        marks: traced.marks,
      });
    }
  });

  it("is the same in two processes, in any order of the seeds", async () => {
    const seeds = [...seedsByProfile(2).values()].flat();
    const [there, elsewhere] = await Promise.all([
      printedElsewhere(seeds, "Pacific/Kiritimati"),
      printedElsewhere(seeds.toReversed(), "America/St_Johns"),
    ]);
    const parts = (text: string): string[] => text.split(/^(?=seed \d+$)/m);
    expect(parts(there)).to.have.length(seeds.length);
    expect(parts(there).join("") === parts(elsewhere).toReversed().join("")).to.equal(true);
    const [first = 0] = seeds;
    expect(parts(there)[0] === `seed ${first}\n${await textOf(first)}`).to.equal(true);
  });
});
