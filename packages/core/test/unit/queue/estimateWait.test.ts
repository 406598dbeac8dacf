import { expect } from "chai";
import type { QueueSettings } from "../../../src/ports/queueStore.ts";
import {
  etaSecondsOf,
  type MeasuredLine,
  measuredPerSecond,
} from "../../../src/queue/estimateWait.ts";

const SETTINGS: QueueSettings = {
  activeCountMax: 100,
  admissionRatePerMinute: 600,
  activeTtlMs: 50_000,
  activationMs: 10_000,
  mode: "open",
};

/** A full queue that has admitted buyers for a long time at the same rate. */
function steady(perSecond: number): MeasuredLine {
  return {
    activeCount: 100,
    recentAdmissions: perSecond * 60,
    latestAdmissions: perSecond * 10,
    measuredMs: 60_000,
    stayCount: 500,
    meanStayMs: 100_000 / perSecond,
  };
}

/** A queue that has admitted no buyer. */
const NEW: MeasuredLine = {
  activeCount: 100,
  recentAdmissions: 0,
  latestAdmissions: 0,
  measuredMs: 0,
  stayCount: 0,
  meanStayMs: 0,
};

function etaOf(position: number, line: Partial<MeasuredLine>, settings = SETTINGS) {
  return etaSecondsOf({ ...NEW, ...line, position }, settings);
}

describe("the measured rate of admissions", () => {
  it("is the rate of the last 10 seconds when they had many admissions", () => {
    const line = { ...steady(2), latestAdmissions: 70, recentAdmissions: 170 };
    expect(measuredPerSecond(line)).to.equal(7);
  });

  it("is the rate of the last minute when the last 10 seconds had few admissions", () => {
    const line = { ...steady(2), latestAdmissions: 29, recentAdmissions: 120 };
    expect(measuredPerSecond(line)).to.equal(2);
  });

  it("counts from the first admission of a line that began to move", () => {
    const young = { ...NEW, recentAdmissions: 80, latestAdmissions: 80 };
    expect(measuredPerSecond({ ...young, measuredMs: 4_000 })).to.equal(20);
    const slow = { ...NEW, recentAdmissions: 20, latestAdmissions: 10 };
    expect(measuredPerSecond({ ...slow, measuredMs: 20_000 })).to.equal(1);
  });

  it("counts over at least a second", () => {
    const line = { ...NEW, recentAdmissions: 40, latestAdmissions: 40, measuredMs: 3 };
    expect(measuredPerSecond(line)).to.equal(40);
  });

  it("is unknown without an admission in the last minute", () => {
    expect(measuredPerSecond(NEW)).to.equal(undefined);
  });
});

describe("the estimate of the waiting time", () => {
  it("follows the admission rate while slots are free", () => {
    expect(etaOf(50, { activeCount: 0 })).to.equal(5);
  });

  it("follows the mean stay in a slot when all slots are taken", () => {
    expect(etaOf(50, { ...steady(4), meanStayMs: 40_000 })).to.equal(20);
  });

  it("counts only the positions behind the free slots at the rate of freed slots", () => {
    expect(etaOf(50, { ...steady(4), meanStayMs: 40_000, activeCount: 80 })).to.equal(12);
  });

  it("does not take the first admissions, which fill the slots, for the speed of the line", () => {
    const filling = { ...NEW, recentAdmissions: 100, latestAdmissions: 100, measuredMs: 10_000 };
    expect(etaOf(100, filling)).to.equal(10);
    expect(etaOf(100, { ...filling, measuredMs: 30_000 })).to.equal(30);
  });

  it("does not take the first stays to end, which are short, for all", () => {
    const early = { ...NEW, recentAdmissions: 105, measuredMs: 30_000 };
    expect(etaOf(100, { ...early, stayCount: 5, meanStayMs: 20_000 })).to.equal(30);
    expect(etaOf(100, { ...early, stayCount: 100, meanStayMs: 20_000 })).to.equal(20);
  });

  it("assumes no stay of less than five seconds before stays have ended", () => {
    const first = { ...NEW, recentAdmissions: 100, latestAdmissions: 100, measuredMs: 100 };
    const fast: QueueSettings = { ...SETTINGS, admissionRatePerMinute: 60_000 };
    expect(etaOf(200, first, fast)).to.equal(10);
  });

  it("assumes the full length of admissions when none ended recently", () => {
    expect(etaOf(50, { activeCount: 100 })).to.equal(25);
  });

  it("is never less than the admission rate allows", () => {
    expect(etaOf(50, steady(1000))).to.equal(5);
  });

  it("is unknown while the queue is paused, and known while it drains", () => {
    expect(etaOf(1, steady(1), { ...SETTINGS, mode: "paused" })).to.equal(undefined);
    expect(etaOf(1, steady(1), { ...SETTINGS, mode: "draining" })).to.equal(1);
  });

  it("is at least a second", () => {
    expect(etaOf(1, steady(10))).to.equal(1);
  });
});
