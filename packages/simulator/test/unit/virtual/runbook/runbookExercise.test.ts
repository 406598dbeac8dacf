import { type Check, findRunbook, type OperationStep } from "@onsale/core";
import { expect } from "chai";
import sinon from "sinon";
import { randomStreams } from "../../../../src/chance/seededRandom.ts";
import { runSeedSafely } from "../../../../src/virtual/explore/runSeedSafely.ts";
import { faultProfileOf } from "../../../../src/virtual/faults.ts";
import { findIncident, INCIDENTS } from "../../../../src/virtual/runbook/incidents.ts";
import { killShareOf } from "../../../../src/virtual/runbook/killPoints.ts";
import type { SeedResult } from "../../../../src/virtual/runSeed.ts";
import { traceDigest } from "../../../../src/virtual/trace.ts";

/**
 * The seeds that explore each runbook. Seed 1 kills the operator at 30 % of the points, seed 3 at 5
 * %.
 */
const SEEDS = [1, 3];
/** Seeds that once failed, with the cause. */
const REGRESSIONS = [
  ["overload", 960, "I7 compared admissions with limits that had not reached Redis"],
  ["overload", 23, "a run died before its first step, and its job stayed RUNNING when refused"],
  ["overload", 178, "the same, while MySQL did not answer"],
  ["poison-message", 181, "such a job of a replay beside the runbook stayed RUNNING"],
  ["graceful-deploy", 552, "a job was given up half way when another operator's job failed"],
] as const;
/** Number of seeds after which a broken runbook must have been found. */
const BROKEN_SEEDS_MAX = 10;

/** The first seed that kills the operator at every point. */
const inTurn = Array.from({ length: 100 }, (_unused, seed) => seed).find(
  (seed) => killShareOf(randomStreams(seed)) === 1,
);

/** Seeds in which many kills are the only faults. */
const onlyKills = Array.from({ length: 400 }, (_unused, seed) => seed).filter((seed) => {
  const streams = randomStreams(seed);
  const { callFaultShare, scheduledFaults } = faultProfileOf(streams);
  return killShareOf(streams) >= 0.3 && callFaultShare + scheduledFaults === 0;
});

async function explored(runbook: string, seed: number, traced = false): Promise<SeedResult> {
  const incident = findIncident(runbook);
  expect(incident, runbook).to.not.equal(undefined);
  return runSeedSafely(seed, { incident, traced });
}

/** The step of the runbook that runs an operation, so that a test can break it. */
function operationStep(runbook: string, name: string): OperationStep {
  const step = findRunbook(runbook).steps.find((one) => one.name === name);
  if (step?.kind !== "operation") throw new Error(`${runbook} has no operation step ${name}`);
  return step;
}

describe("a runbook in virtual time", function () {
  this.timeout(60_000);

  for (const { runbook } of INCIDENTS) {
    it(`ends its incident while faults go on and its operator dies: ${runbook}`, async () => {
      for (const seed of SEEDS) {
        const { violations, exercise } = await explored(runbook, seed);
        expect(violations, `seed ${seed}`).to.deep.equal([]);
        expect(exercise?.jobs, `seed ${seed}`).to.be.at.least(1);
      }
    });
  }

  it("continues after a kill at every point of its run", async () => {
    const runbook = "sale-pause-resume";
    const { violations, exercise } = await explored(runbook, inTurn ?? 0);
    expect(violations).to.deep.equal([]);
    const points = Object.entries(exercise?.points ?? {});
    const spared = points.filter(([, { killed }]) => killed === 0).map(([name]) => name);
    expect(spared).to.deep.equal([]);
    for (const { name } of findRunbook(runbook).steps) {
      expect(exercise?.points[`${name}.passed`]?.killed, name).to.equal(1);
    }
  });

  it("has the same trace each time, byte for byte", async () => {
    const digests = [];
    for (let time = 0; time < 2; time += 1) {
      const { trace } = await explored("queue-stuck", 5, true);
      expect(trace.events.length).to.be.above(1_000);
      digests.push(traceDigest(trace));
    }
    expect(digests[0]).to.equal(digests[1]);
  });

  for (const [runbook, seed, cause] of REGRESSIONS) {
    it(`passes seed ${seed} of ${runbook}, which once failed: ${cause}`, async () => {
      expect((await explored(runbook, seed)).violations).to.deep.equal([]);
    });
  }
});

describe("a broken runbook in virtual time", function () {
  this.timeout(120_000);
  afterEach(() => sinon.restore());

  /** Runs seeds until one fails. */
  async function firstViolation(runbook: string, reset: () => void = () => undefined) {
    for (const seed of onlyKills.slice(0, BROKEN_SEEDS_MAX)) {
      reset();
      const { violations } = await explored(runbook, seed);
      const [found] = violations.filter(({ check }) => check === "runbook");
      if (found) return found;
    }
    return undefined;
  }

  it("is found when a step has its effect again after a kill", async () => {
    const step = operationStep("sale-pause-resume", "pause");
    let applied = 0;
    const once: Check = { claim: "the work is done", look: async () => heldWhen(applied > 0) };
    sinon.replace(step, "done", once);
    sinon.replace(step, "operation", {
      ...step.operation,
      steps: {
        kind: "repeatable",
        async step() {
          applied += 1;
          return { checkpoint: {}, changed: 1, isDone: true };
        },
      },
      verify: async () => [{ claim: "the effect happened once", ...heldWhen(applied === 1) }],
    });
    const found = await firstViolation("sale-pause-resume", () => {
      applied = 0;
    });
    expect(found?.message).to.equal("a run failed without a fault that explains it");
    expect(found?.ids.read).to.include("step pause: ");
  });

  it("is found when a step is left out although it is needed", async () => {
    const step = operationStep("sale-pause-resume", "resume");
    sinon.replace(step, "done", { claim: "nothing", look: async () => heldWhen(true) });
    const found = await firstViolation("sale-pause-resume");
    expect(found?.ids.read).to.include("the mode of the queue is open");
  });
});

const heldWhen = (holds: boolean) => ({ holds, read: String(holds) });
