import { expect } from "chai";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { forgetQueue, requireQueue } from "../../../src/queue/knownQueues.ts";
import { promoteWaiting } from "../../../src/queue/promoteWaiting.ts";
import { rebuildQueue } from "../../../src/queue/rebuildQueue.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { unitTx } from "../../support/unitCore.ts";
import { MISSING, NOW_MS, QUEUE, unitQueue } from "../../support/unitQueue.ts";

const HALL = { queueId: "hall" };
const PASS = {
  userId: 9,
  sequence: 5,
  admittedAtUs: NOW_MS * 1000,
  enteredAtUs: 5,
  expiresAtMs: NOW_MS + 1_000,
};
const END = { userId: 8, sequence: 4, endedAtUs: NOW_MS * 1000, reason: "EXPIRED" } as const;
const NOTHING = {
  promoted: [],
  ended: [],
  journal: { passes: [], ends: [] },
  generation: 7,
  movedCount: 0,
  waitingCount: 7,
  activeCount: 2,
};
const BATCH = {
  ...NOTHING,
  promoted: [PASS],
  ended: [END],
  journal: { passes: ["a pass"], ends: ["an end"] },
  movedCount: 1,
};

describe("promotion", () => {
  it("records passes and ends, then settles them", async () => {
    const { core, store, admissions } = unitQueue();
    store.promote.resolves(BATCH);
    expect(await promoteWaiting(core, HALL)).to.deep.equal({ promoted: 1, waiting: 7, active: 2 });
    expect(admissions.recordPromotions.args).to.deep.equal([[unitTx, "hall", 7, [PASS]]]);
    expect(admissions.recordEnds.args).to.deep.equal([[unitTx, "hall", [END]]]);
    expect(store.settle.args).to.deep.equal([["hall", BATCH.journal]]);
    expect(store.settle.calledAfter(admissions.recordEnds)).to.equal(true);
  });

  it("asks the database for nothing when nobody moved", async () => {
    const { core, store, admissions } = unitQueue();
    store.promote.resolves(NOTHING);
    await promoteWaiting(core, HALL);
    expect(admissions.recordPromotions.callCount).to.equal(0);
    expect(store.settle.callCount).to.equal(0);
  });

  it("moves at most 500 at a time", async () => {
    const { core, store } = unitQueue();
    store.promote.resolves(NOTHING);
    await promoteWaiting(core, HALL);
    expect(store.promote.args).to.deep.equal([["hall", 500]]);
  });

  it("moves nobody more before the batch that the database refused is recorded", async () => {
    const { core, store, admissions } = unitQueue();
    store.promote.resolves(BATCH);
    admissions.recordPromotions.rejects(new DependencyUnavailableError("mysql"));
    await failureOf(promoteWaiting(core, HALL));
    await failureOf(promoteWaiting(core, HALL));
    expect(store.promote.callCount).to.equal(1);

    admissions.recordPromotions.resolves(true);
    store.promote.resolves(NOTHING);
    await promoteWaiting(core, HALL);
    expect(admissions.recordPromotions.lastCall.args[3]).to.deep.equal([PASS]);
    expect(store.promote.callCount).to.equal(2);
  });

  it("drops passes of an earlier generation, and tells the memory what stands", async () => {
    const { core, store, admissions } = unitQueue();
    store.promote.resolves(BATCH);
    admissions.recordPromotions.resolves(false);
    await promoteWaiting(core, HALL);
    expect(admissions.recordEnds.callCount).to.equal(0);
    expect(store.settle.callCount).to.equal(0);
    expect(store.rebuild.callCount).to.equal(1);

    store.promote.resolves(NOTHING);
    await promoteWaiting(core, HALL);
    expect(admissions.recordPromotions.callCount).to.equal(1);
  });

  it("settles again what was recorded while the queue's memory was away", async () => {
    const { core, store } = unitQueue();
    store.promote.resolves(BATCH);
    store.settle.onFirstCall().rejects(new DependencyUnavailableError("redis"));
    await failureOf(promoteWaiting(core, HALL));
    store.promote.resolves(NOTHING);
    await promoteWaiting(core, HALL);
    expect(store.settle.args[1]).to.deep.equal(["hall", BATCH.journal]);
  });

  it("rebuilds a queue that was lost and asks once more, not twice", async () => {
    const { core, store } = unitQueue();
    store.promote.resolves(MISSING);
    expect(codeOf(await failureOf(promoteWaiting(core, HALL)))).to.equal("DEPENDENCY_UNAVAILABLE");
    expect([store.rebuild.callCount, store.promote.callCount]).to.deep.equal([1, 2]);
  });
});

describe("rebuild a queue", () => {
  it("lets a fresh queue begin at once, and rests for a poll interval after any loss", async () => {
    const { core, store, admissions } = unitQueue();
    await rebuildQueue(core, "hall");
    const known = { generation: 2, active: [PASS], recentAdmissionsUs: [1, 2], lastSequence: 5 };
    admissions.beginGeneration.resolves(known);
    await rebuildQueue(core, "hall");
    const lostAtOnce = { ...known, active: [], recentAdmissionsUs: [], lastSequence: 0 };
    admissions.beginGeneration.resolves(lostAtOnce);
    await rebuildQueue(core, "hall");
    const { settings } = QUEUE;
    const quietMs = core.config.queue.pollAfterMaxMs + 1_000;
    expect(store.rebuild.args.map(([, rebuild]) => rebuild)).to.deep.equal([
      {
        generation: 1,
        active: [],
        recentAdmissionsUs: [],
        lastSequence: 0,
        settings,
        quietMs: 0,
      },
      { ...known, settings, quietMs },
      { ...lostAtOnce, settings, quietMs },
    ]);
  });

  it("happens once for all who ask at the same time, and again for those after", async () => {
    const { core, store } = unitQueue();
    await Promise.all(Array.from({ length: 50 }, () => rebuildQueue(core, "hall")));
    expect(store.rebuild.callCount).to.equal(1);
    await rebuildQueue(core, "hall");
    expect(store.rebuild.callCount).to.equal(2);
  });

  it("can be tried again after it failed", async () => {
    const { core, store, admissions } = unitQueue();
    admissions.beginGeneration.onFirstCall().rejects(new DependencyUnavailableError("mysql"));
    await failureOf(rebuildQueue(core, "hall"));
    await rebuildQueue(core, "hall");
    expect(store.rebuild.callCount).to.equal(1);
  });
});

describe("configuring a queue", () => {
  it("changes what is given, in the database first, then in the queue's memory", async () => {
    const { core, store, admissions } = unitQueue();
    const changed = { ...QUEUE.settings, mode: "paused", activeCountMax: 5 } as const;
    const settings = { mode: "paused", activeCountMax: 5 } as const;
    expect(await configureQueue(core, { queueId: "hall", settings })).to.deep.equal(changed);
    expect(admissions.saveSettings.args).to.deep.equal([[unitTx, "hall", changed]]);
    expect(store.configure.args).to.deep.equal([["hall", changed]]);
    expect(store.configure.calledAfter(admissions.saveSettings)).to.equal(true);
  });

  it("rebuilds a queue without memory first: a rebuild may have older settings", async () => {
    const { core, store } = unitQueue();
    store.configure.onFirstCall().resolves(MISSING);
    await configureQueue(core, { queueId: "hall", settings: { mode: "paused" } });
    expect([store.configure.callCount, store.rebuild.callCount]).to.deep.equal([2, 1]);
    expect(store.configure.secondCall.calledAfter(store.rebuild.firstCall)).to.equal(true);
  });

  it("troubles nobody who is looking the queue up at that moment", async () => {
    const { core, clock, admissions } = unitQueue();
    const looking = Promise.withResolvers<typeof QUEUE>();
    admissions.findQueue.onFirstCall().returns(looking.promise);
    const looked = requireQueue(core, "hall");
    forgetQueue(core, "hall");
    looking.resolve(QUEUE);
    expect(await looked).to.deep.equal(QUEUE);
    await clock.advance(2);
    await requireQueue(core, "hall");
    expect(admissions.findQueue.callCount, "for it may have read the old settings").to.equal(2);
  });

  it("looks at the database anew afterwards", async () => {
    const { core, admissions } = unitQueue();
    await configureQueue(core, { queueId: "hall", settings: {} });
    const before = admissions.findQueue.callCount;
    await configureQueue(core, { queueId: "hall", settings: {} });
    expect(admissions.findQueue.callCount - before).to.equal(2);
  });

  for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1_000_001]) {
    it(`refuses a cap of ${value} and saves nothing`, async () => {
      const { core, store, admissions } = unitQueue();
      const change = configureQueue(core, { ...HALL, settings: { activeCountMax: value } });
      expect(codeOf(await failureOf(change))).to.equal("INVALID_INPUT");
      expect([admissions.saveSettings.callCount, store.configure.callCount]).to.deep.equal([0, 0]);
    });
  }
});
