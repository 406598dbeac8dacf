import { expect } from "chai";
import fc from "fast-check";
import type { LineFigures, QueueSettings } from "../../../src/ports/queueStore.ts";
import { etaSecondsOf } from "../../../src/queue/estimateWait.ts";
import { longestPauseMs, pollAfterMs, shareOfBudgetMs } from "../../../src/queue/pollPause.ts";

const QUEUE: QueueSettings = {
  activeCountMax: 200,
  admissionRatePerMinute: 6_000,
  activeTtlMs: 600_000,
  activationMs: 60_000,
  mode: "open",
};
const PAUSE = { pollAfterMinMs: 500, pollAfterMaxMs: 10_000, pollsPerSecond: 500 };
/** With this number, the random pause is the mean pause. */
const mean = { next: () => 0.5 };
const longest = { next: () => 0.999_999 };

/** A full queue that has admitted buyers for a minute at the same rate. */
function line(waitingCount: number, perSecond: number, queue = QUEUE): LineFigures {
  return {
    waitingCount,
    activeCount: queue.activeCountMax,
    recentAdmissions: perSecond * 60,
    latestAdmissions: perSecond * 10,
    measuredMs: perSecond > 0 ? 60_000 : 0,
    admittedCount: 0,
    generationStartedUs: 1,
    stayCount: perSecond > 0 ? queue.activeCountMax : 0,
    meanStayMs: perSecond > 0 ? (queue.activeCountMax * 1000) / perSecond : 0,
  };
}

function positionsOf(figures: LineFigures): (LineFigures & { position: number })[] {
  return Array.from({ length: figures.waitingCount }, (_unused, index) => ({
    ...figures,
    position: index + 1,
  }));
}

function pollsPerSecondOf(figures: LineFigures, queue = QUEUE, pause = PAUSE): number {
  return positionsOf(figures)
    .map((place) => 1000 / pollAfterMs(mean, place, queue, pause))
    .reduce((sum, rate) => sum + rate, 0);
}

const anyLine = fc.record({
  waitingCount: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 30_000 })),
  activeCount: fc.integer({ min: 0, max: 1_000 }),
  recentAdmissions: fc.integer({ min: 0, max: 30_000 }),
  latestAdmissions: fc.integer({ min: 0, max: 5_000 }),
  measuredMs: fc.integer({ min: 0, max: 60_000 }),
  admittedCount: fc.constant(0),
  generationStartedUs: fc.constant(1),
  stayCount: fc.nat({ max: 2_000 }),
  meanStayMs: fc.nat({ max: 100_000 }),
});
const anyQueue = fc.record<QueueSettings>({
  activeCountMax: fc.integer({ min: 1, max: 1_000 }),
  admissionRatePerMinute: fc.integer({ min: 1, max: 60_000 }),
  activeTtlMs: fc.integer({ min: 1_000, max: 600_000 }),
  activationMs: fc.integer({ min: 1_000, max: 60_000 }),
  mode: fc.constantFrom("open", "paused", "draining"),
});
const anyPause = fc.record({
  pollAfterMinMs: fc.integer({ min: 50, max: 2_000 }),
  pollAfterMaxMs: fc.integer({ min: 2_000, max: 60_000 }),
  pollsPerSecond: fc.integer({ min: 1, max: 5_000 }),
});

describe("the advised pause between two polls", () => {
  it("grows with the position, and is short at the head of a long line", () => {
    const figures = line(20_000, 80);
    const at = (position: number) => pollAfterMs(mean, { ...figures, position }, QUEUE, PAUSE);
    expect([1, 5, 80, 800, 5_000, 15_000].map(at)).to.deep.equal([
      612, 660, 834, 8_334, 48_334, 131_667,
    ]);
  });

  it("is a tenth of the waiting time while the budget is sufficient", () => {
    const figures = line(300, 5);
    const at = (position: number) => pollAfterMs(mean, { ...figures, position }, QUEUE, PAUSE);
    expect([1, 20, 50, 100, 300].map(at)).to.deep.equal([500, 500, 1_000, 2_000, 6_000]);
  });

  it("costs no more than the budget, however long the line is", () => {
    const pause = { ...PAUSE, pollsPerSecond: 1_000 };
    for (const waitingCount of [10, 1_000, 20_000, 200_000]) {
      expect(pollsPerSecondOf(line(waitingCount, 40), QUEUE, pause)).to.be.at.most(1_000);
    }
  });

  it("costs no more than the budget while the queue is paused", () => {
    const paused: QueueSettings = {
      ...QUEUE,
      admissionRatePerMinute: 3_000,
      mode: "paused",
    };
    expect(pollsPerSecondOf(line(50_000, 0), paused)).to.be.at.most(PAUSE.pollsPerSecond);
  });

  it("costs more than the budget only where the upper bound holds, in any line", () => {
    fc.assert(
      fc.property(anyLine, anyQueue, anyPause, (figures, queue, pause) => {
        let withinBudget = 0;
        let held = 0;
        let tooFast = 0;
        for (const place of positionsOf(figures)) {
          const rate = 1000 / pollAfterMs(mean, place, queue, pause);
          const upperMs = longestPauseMs(place, queue, pause) / 1.2;
          if (shareOfBudgetMs(place, pause.pollsPerSecond) <= upperMs) withinBudget += rate;
          else {
            held += rate;
            if (rate > 1000 / Math.min(upperMs, pause.pollAfterMinMs)) tooFast++;
          }
        }
        expect(tooFast).to.equal(0);
        expect(withinBudget).to.be.at.most(pause.pollsPerSecond);
        // The margin cannot be shorter than half a second, so a second has few polls of a buyer.
        expect(held).to.be.at.most(3 * figures.waitingCount);
      }),
      { numRuns: 60 },
    );
  });

  it("costs r * (1 + ln(N / r)) polls at most where the estimate holds it below its share", () => {
    const [admissions, waitingCount] = [100, 20_000];
    const pause = { ...PAUSE, pollsPerSecond: 1 };
    const queue = { ...QUEUE, activeCountMax: 1 };
    const bound = admissions * (1 + Math.log(waitingCount / admissions));
    const polls = pollsPerSecondOf(line(waitingCount, admissions, queue), queue, pause);
    expect(polls).to.be.within(bound * 0.8, 1.2 * bound);
  });

  it("ends before the estimated admission, and well before the activation time", () => {
    fc.assert(
      fc.property(
        anyLine,
        anyQueue,
        anyPause,
        fc.nat({ max: 30_000 }),
        (figures, queue, pause, n) => {
          const place = { ...figures, position: 1 + (n % figures.waitingCount) };
          const marginMs = Math.min(pause.pollAfterMaxMs, queue.activationMs / 2);
          const shortestMs = Math.min(pause.pollAfterMinMs, marginMs);
          const pauseMs = pollAfterMs(longest, place, queue, pause);
          const etaMs = (etaSecondsOf(place, queue) ?? Number.POSITIVE_INFINITY) * 1000;
          expect(pauseMs).to.be.at.most(Math.ceil(Math.max(shortestMs, etaMs)));
          // Even if all active buyers leave now and the line then moves at the admission rate or at
          // twice its measured speed, the admission is not older than the margin.
          const perSecond = Math.ceil(queue.admissionRatePerMinute / 60);
          const behindActive = Math.max(0, place.position - queue.activeCountMax);
          const isStill = figures.latestAdmissions === 0 || figures.recentAdmissions === 0;
          if (isStill) {
            expect(pauseMs).to.be.at.most(Math.ceil(marginMs + (behindActive * 1000) / perSecond));
          }
          if (behindActive === 0) expect(pauseMs).to.be.at.most(Math.ceil(marginMs));
          expect(pauseMs).to.be.at.least(shortestMs);
        },
      ),
    );
  });

  it("is never longer than six hours, which a timer of a browser can wait", () => {
    const slow = { ...line(1_000_000, 0), recentAdmissions: 1, latestAdmissions: 1 };
    const place = { ...slow, measuredMs: 59_000, position: 1_000_000 };
    const pauseMs = pollAfterMs(longest, place, QUEUE, { ...PAUSE, pollsPerSecond: 1 });
    expect(pauseMs).to.be.within(5.9 * 3_600_000, 6 * 3_600_000);
  });

  it("varies, so that users who joined together poll separately", () => {
    const place = { ...line(300, 5), position: 200 };
    expect(pollAfterMs({ next: () => 0 }, place, QUEUE, PAUSE)).to.equal(3_200);
    expect(pollAfterMs(longest, place, QUEUE, PAUSE)).to.equal(4_800);
  });
});
