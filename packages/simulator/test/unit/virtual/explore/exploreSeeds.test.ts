import { expect } from "chai";
import {
  type ExploreProgress,
  exploreSeeds,
} from "../../../../src/virtual/explore/exploreSeeds.ts";
import type { VirtualScenario } from "../../../../src/virtual/virtualScenario.ts";

const SUPPORT = new URL("../../../support/virtual/", import.meta.url);
const TROUBLED = new URL("troubledSeeds.ts", SUPPORT);

/** These tests concern threads and counts, so the sales are small. */
const SMALL: VirtualScenario = { buyers: 4, seats: 3, apiProcesses: 1, workers: 1 };

/** Explores 40 seeds, unless the options say otherwise. */
async function explored(options: Partial<Parameters<typeof exploreSeeds>[0]> = {}) {
  const progress: ExploreProgress[] = [];
  const result = await exploreSeeds({
    first: 1,
    count: 40,
    scenario: SMALL,
    threads: 1,
    failuresMax: 10,
    signal: new AbortController().signal,
    onProgress: (each) => void progress.push(each),
    ...options,
  });
  return { ...result, progress };
}

describe("exploreSeeds", function () {
  // Starting and replacing threads takes time.
  this.timeout(30_000);

  it("runs every seed once and reports its progress", async () => {
    const { done, failures, steps, virtualMs, progress, threads } = await explored({ threads: 2 });
    expect([done, failures, threads]).to.deep.equal([40, [], 2]);
    expect(progress.map((each) => each.done)).to.deep.equal(Array.from({ length: 40 }, upFromOne));
    expect(progress.at(-1)).to.include({ count: 40, failed: 0, etaMs: 0 });
    expect(Math.min(steps / 40, virtualMs / 40)).to.be.above(1_000);
  });

  it("reports a failure for a seed with an unhandled error or an ended thread", async () => {
    const { done, failures } = await explored({ program: TROUBLED });
    expect(done).to.equal(40);
    expect(failures.map(({ seed }) => seed)).to.deep.equal([17, 23, 34]);
    const messages = failures.map(({ violations }) =>
      violations.map(({ message }) => message).join(),
    );
    expect(messages[0]).to.match(
      /unhandled Error: an unhandled test rejection\n +at .*troubledSeeds/,
    );
    expect(messages[1]).to.equal("the run ended its thread: exit code 0");
    expect(messages[2]).to.match(/unhandled Error: an unhandled test error\n +at .*troubledSeeds/);
    expect(failures.map(({ endedThread }) => endedThread)).to.deep.equal([false, true, false]);
    expect(
      failures.flatMap(({ violations }) => violations.map(({ check }) => check)),
    ).to.deep.equal(["answers", "answers", "answers"]);
  });

  it("keeps counting when a thread is replaced", async () => {
    const { progress, seedsPerMinute, elapsedMs } = await explored({
      program: TROUBLED,
      threads: 2,
    });
    expect(progress.map(({ done }) => done)).to.deep.equal(Array.from({ length: 40 }, upFromOne));
    expect(progress.at(-1)).to.include({ failed: 3, etaMs: 0 });
    expect(seedsPerMinute).to.be.closeTo((40 / elapsedMs) * 60_000, 1e-6);
    for (const { done, elapsedMs: sofar, etaMs } of progress) {
      // The first tenth of the seeds is too little for an estimate.
      if (done < 4) expect(etaMs).to.equal(undefined);
      else expect(etaMs).to.be.closeTo((sofar / done) * (40 - done), 1e-6);
    }
  });

  it("starts no more seeds after the failure limit, counting threads that ended", async () => {
    const { done, failures } = await explored({ program: TROUBLED, first: 21, failuresMax: 1 });
    expect(failures.map(({ seed }) => seed)).to.deep.equal([23]);
    expect(done).to.equal(3);
  });

  it("ends when the signal aborts, and reports no failure of the running seed", async () => {
    const ending = new AbortController();
    const { done, failures } = await explored({
      count: 1_000_000,
      signal: ending.signal,
      onProgress: (each) => each.done === 5 && ending.abort(),
    });
    expect(done).to.be.within(5, 50);
    expect(failures).to.deep.equal([]);
  });

  it("rejects with the thread's error when a thread cannot start", async () => {
    const program = new URL("threadThatCannotBegin.ts", SUPPORT);
    const error = await explored({ program, threads: 2 }).catch((cause: unknown) => cause);
    expect(error).to.be.an("error").with.property("message", "this thread cannot begin");
  });
});

function upFromOne(_unused: unknown, index: number): number {
  return index + 1;
}
