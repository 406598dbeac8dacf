import { noExercise, virtualDefaults } from "@onsale/simulator/explore";
import { minimise, type RunOptions } from "@onsale/simulator/virtual";
import { expect } from "chai";
import {
  exploredLines,
  failureLines,
  minimisedLines,
  reproduction,
} from "../../src/sim/exploreText.ts";

/** A consumer without an inbox. */
const mutant: RunOptions["mutant"] = {
  alter: (core) => ({
    ...core,
    inbox: {
      ...core.inbox,
      async record(tx, consumer, messageId) {
        await core.inbox.record(tx, consumer, messageId);
        return true;
      },
    },
  }),
};

describe("terminal output for a failed seed", () => {
  it("shows the seed, the check, the violation and the command that repeats it", () => {
    const ids = { seatId: 3 };
    const violations = [{ check: "I1", message: "the seat has two buyers", ids }] as const;
    const text = failureLines({ seed: 17, violations, endedThread: false }, virtualDefaults).join(
      "\n",
    );
    expect(text).to.include("✗ seed 17");
    expect(text).to.include(
      "I1 (a seat has at most one live reservation): the seat has two buyers",
    );
    expect(text).to.include('{"seatId":3}');
    expect(text).to.include('pnpm onsale sim explore --replay "17"');
  });

  it("names the rules that no sale played, instead of a verdict", () => {
    const explored = {
      ...{ done: 1_000, failures: [], elapsedMs: 1, seedsPerMinute: 1, steps: 1, virtualMs: 1 },
      ...{ threads: 1, marks: { "hold extended": 7 }, exercise: noExercise },
    };
    const asked = { seed: 1, seeds: 1_000, notPlayed: ["part of a payment"] } as const;
    const text = exploredLines(explored, asked).join("\n");
    expect(text).to.match(/^Played {4}1 of \d+ rules; never: extension refused, /m);
    expect(text).to.include('✗ no sale played "part of a payment": an operator refunded');
    expect(text).to.not.include("Every check passed");
    const rest = exploredLines(explored, { ...asked, notPlayed: [] }).join("\n");
    expect(rest).to.include("Every check passed after every seed.");
  });

  it("repeats only the flags that differ from the defaults", () => {
    const scenario = { ...virtualDefaults, buyers: 50, workers: 1 };
    expect(reproduction(5, scenario)).to.equal(
      'pnpm onsale sim explore --replay "5" --buyers 50 --workers 1',
    );
  });

  it("shows a narrowed run as a timeline with its verdict", async function () {
    this.timeout(60_000);
    const seed = await firstFailing();
    const minimised = await minimise(seed, { mutant, triesMax: 150 });
    expect(minimised).to.not.equal(undefined);
    if (!minimised) return;
    const text = minimisedLines(seed, minimised, virtualDefaults).join("\n");
    expect(text).to.match(/narrowed down to \d buyers?, \d+ faults?, [\d,]+ choices? in \d+ runs/);
    expect(text).to.match(/< POST \/concerts\/reserve-seat: \{"reservationId"/);
    expect(text).to.include("I5 (every transition has one outbox message");
    expect(text).to.include(`--replay "${seed}:b=`);
    expect(text).to.include(`{"run":"${seed}:b=`);
  });
});

async function firstFailing(): Promise<number> {
  const { runSeed } = await import("@onsale/simulator/virtual");
  for (let seed = 1; seed <= 50; seed += 1) {
    const { violations } = await runSeed(seed, { mutant });
    if (violations.some(({ check }) => check === "I5")) return seed;
  }
  throw new Error("no seed showed a consumer without inbox");
}
