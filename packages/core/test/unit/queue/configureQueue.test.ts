import { expect } from "chai";
import type { QueueSettings, RebuildInput } from "../../../src/ports/queueStore.ts";
import { configureQueue } from "../../../src/queue/configureQueue.ts";
import { requireQueue } from "../../../src/queue/knownQueues.ts";
import { rebuildQueue } from "../../../src/queue/rebuildQueue.ts";
import { expectInvariants } from "../../support/expectInvariants.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { QUEUE_ID, useMemoryQueue } from "../../support/memoryQueue.ts";

const queueId = QUEUE_ID;

describe("configureQueue", () => {
  const current = useMemoryQueue();
  const configure = (settings: Partial<QueueSettings>, core = current().core) =>
    configureQueue(core, { queueId, settings });
  const inMysql = async () => (await current().core.admissions.findQueue(null, queueId))?.settings;
  const inRedis = async () => (await current().stats()).settings;

  it("changes the given settings in MySQL and in Redis, and keeps the rest", async () => {
    const before = await inMysql();
    const changed = await configure({ mode: "paused", activeCountMax: 5 });
    expect(changed).to.deep.equal({ ...before, mode: "paused", activeCountMax: 5 });
    expect(await inMysql()).to.deep.equal(changed);
    expect(await inRedis()).to.deep.equal(changed);
  });

  it("changes nothing in Redis when MySQL does not commit", async () => {
    const { loseCalls, restoreCalls } = current();
    const before = await inRedis();
    loseCalls(/^mysql commit/);
    await failureOf(configure({ mode: "paused" }));
    restoreCalls();
    expect(await inMysql()).to.deep.equal(before);
    expect(await inRedis()).to.deep.equal(before);
  });

  it("keeps the change in MySQL while Redis does not answer, and can be repeated", async () => {
    const { loseCalls, restoreCalls } = current();
    loseCalls(/^redis/);
    const failure = await failureOf(configure({ mode: "paused" }));
    expect(codeOf(failure)).to.equal("DEPENDENCY_UNAVAILABLE");
    restoreCalls();
    expect(await inMysql()).to.include({ mode: "paused" });
    expect(await inRedis()).to.include({ mode: "open" });
    await configure({ mode: "paused" });
    expect(await inRedis()).to.include({ mode: "paused" });
  });

  it("lets I7 accept the limits that Redis used until a late change reached Redis", async () => {
    const { loseCalls, restoreCalls, clock, join, promote } = current();
    await configure({ activeCountMax: 3 });
    for (const userId of [1, 2, 3]) await join(userId);
    loseCalls(/^redis/);
    const lower = { activeCountMax: 1, admissionRatePerMinute: 1 };
    expect(codeOf(await failureOf(configure(lower)))).to.equal("DEPENDENCY_UNAVAILABLE");
    restoreCalls();
    clock.pass(10_000);
    await promote();
    expect((await current().stats()).activeCount).to.equal(3);
    await configure(lower);
    expect(await inRedis()).to.include(lower);
    const { results } = await expectInvariants(current().core, { ids: ["I7"] });
    expect(results.map(({ rowsRead }) => rowsRead)).to.deep.equal([3]);
  });

  it("reaches Redis by the next promotion when Redis did not answer the change", async () => {
    const { loseCalls, restoreCalls, promote, join } = current();
    for (const userId of [1, 2, 3]) await join(userId);
    loseCalls(/^redis .*configure/);
    const lower = { activeCountMax: 1, admissionRatePerMinute: 60 };
    expect(codeOf(await failureOf(configure(lower)))).to.equal("DEPENDENCY_UNAVAILABLE");
    restoreCalls();
    await promote();
    expect(await inRedis()).to.deep.equal(await inMysql());
    expect(await inRedis()).to.include(lower);
    expect((await current().stats()).activeCount).to.equal(3);
    await expectInvariants(current().core, { ids: ["I7"] });
  });

  it("reaches Redis when Redis has a later version than MySQL, which lost changes", async () => {
    const { core } = current();
    const { settings, settingsVersion } = await current().stats();
    await core.queue.configure(queueId, settings, settingsVersion + 5);
    await configure({ mode: "paused" });
    expect(await inRedis()).to.include({ mode: "paused" });
    expect((await core.admissions.findQueue(null, queueId))?.settingsVersion).to.equal(
      settingsVersion + 6,
    );
  });

  it("keeps both of two changes that are made at the same time", async () => {
    await Promise.all([
      configure({ activeCountMax: 7 }),
      configure({ admissionRatePerMinute: 70 }, current().another()),
    ]);
    expect(await inMysql()).to.include({ activeCountMax: 7, admissionRatePerMinute: 70 });
    expect(await inRedis()).to.deep.equal(await inMysql());
  });

  it("rebuilds a lost queue with the changed settings", async () => {
    current().loseRedis();
    const changed = await configure({ mode: "paused" });
    expect(await inRedis()).to.deep.equal(changed);
  });

  it("reaches Redis even when a rebuild with the old settings ends after the change", async () => {
    const { core, loseRedis } = current();
    const reached = Promise.withResolvers<void>();
    const mayGoOn = Promise.withResolvers<void>();
    const queue = {
      ...core.queue,
      async rebuild(id: string, input: RebuildInput) {
        reached.resolve();
        await mayGoOn.promise;
        return core.queue.rebuild(id, input);
      },
    };
    const slow = { ...core, queue };
    await requireQueue(slow, queueId);
    loseRedis();
    const rebuilding = rebuildQueue(slow, queueId);
    await reached.promise;
    const changing = configure({ mode: "paused" }, slow);
    while ((await inMysql())?.mode !== "paused") await Promise.resolve();
    mayGoOn.resolve();
    await rebuilding;
    const changed = await changing;
    expect(await inRedis()).to.deep.equal(changed);
  });

  it("makes this process read the settings again immediately", async () => {
    const { core } = current();
    await requireQueue(core, queueId);
    await configure({ mode: "paused" });
    expect((await requireQueue(core, queueId)).settings).to.include({ mode: "paused" });
  });

  it("does not affect a running read, whose answer is then not cached", async () => {
    const { another, core, clock } = current();
    const read = Promise.withResolvers<void>();
    const mayGoOn = Promise.withResolvers<void>();
    const admissions: typeof core.admissions = {
      ...core.admissions,
      async findQueue(tx, id) {
        const record = await core.admissions.findQueue(tx, id);
        read.resolve();
        await mayGoOn.promise;
        return record;
      },
    };
    const slow = { ...core, admissions };
    const looked = requireQueue(slow, queueId);
    await read.promise;
    await configure({ mode: "paused" }, another());
    core.queueState.known.forget(queueId);
    mayGoOn.resolve();
    expect((await looked).settings).to.include({ mode: "open" });
    clock.pass(2);
    expect((await requireQueue(slow, queueId)).settings).to.include({ mode: "paused" });
  });

  for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1_000_001]) {
    it(`refuses an activeCountMax of ${value}, and changes nothing`, async () => {
      const before = await inMysql();
      expect(codeOf(await failureOf(configure({ activeCountMax: value })))).to.equal(
        "INVALID_INPUT",
      );
      expect(await inMysql()).to.deep.equal(before);
      expect(await inRedis()).to.deep.equal(before);
    });
  }
});
